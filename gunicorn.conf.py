"""Gunicorn reads this file by itself, wherever it is started in this folder."""

# Each line of the access log ends with microseconds and the request's id, which the answer and the ledger carry too.
access_log_format = '%(t)s %({x-forwarded-for}i)s "%(r)s" %(s)s %(b)s %(D)s %({x-request-id}o)s'
# Nobody manages it through a socket, and its account has no home for one.
control_socket_disable = True
