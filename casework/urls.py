"""Addresses of the kernel's pages."""

from django.urls import path

from casework.views import cases, files, inbox, others

urlpatterns = [
    path("", others.home, name="home"),
    path("inbox/", inbox.to_do, name="inbox"),
    path("inbox/done/", inbox.done, name="inbox-done"),
    path("inbox/started/", inbox.started, name="inbox-started"),
    path("notices/", others.notices, name="notices"),
    path("rules/", others.rules_page, name="rules"),
    path("ledger/", others.ledger, name="ledger"),
    path("cases/<slug:plural>/", cases.case_list, name="cases"),
    path("cases/<slug:plural>/new/", cases.begin_case, name="begin"),
    path("cases/<slug:plural>/<slug:number>/", cases.case_page, name="case"),
    path("cases/<slug:plural>/<slug:number>/steps/<slug:name>/", cases.take_step, name="step"),
    path("cases/<slug:plural>/<slug:number>/remarks/", cases.remark, name="remark"),
    path("cases/<slug:plural>/<slug:number>/attachments/", cases.attach, name="attach"),
    path("attachments/<int:pk>/", files.attachment, name="attachment"),
    path("papers/<slug:code>/", files.paper, name="paper"),
    path("verify/<slug:code>/", files.verify, name="verify-paper"),
]
