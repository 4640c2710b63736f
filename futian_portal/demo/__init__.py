"""The demo story: a fictional district, made-up people and companies, `.test` addresses."""
