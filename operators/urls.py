"""Addresses of chapter 3's own pages, and of the documents published under Art. 5(2)."""

from django.urls import path

from operators.views import experts, prepare, public

urlpatterns = [
    path("calls/", public.public_calls, name="public-calls"),
    path("calls/<slug:number>/", public.public_call, name="public-call"),
    path("documents/", public.public_documents, name="public-documents"),
    path("documents/<slug:number>/", public.public_document, name="public-document"),
    path("documents/<slug:number>/files/<int:pk>/", public.public_file, name="public-file"),
    path("applications/<slug:number>/prepare/", prepare.prepare, name="prepare"),
    path("applications/<slug:number>/prepare/applicant/", prepare.prepare_entity, name="prepare-entity"),
    path("applications/<slug:number>/prepare/points/<slug:code>/", prepare.prepare_point, name="prepare-point"),
    path("applications/<slug:number>/prepare/check/", prepare.prepare_check, name="prepare-check"),
    path("applications/<slug:number>/submitted/", prepare.submitted, name="submitted"),
    path("experts/", experts.pool, name="experts"),
    path("experts/new/", experts.expert, name="expert-new"),
    path("experts/<int:pk>/", experts.expert, name="expert"),
    path("experts/conflicts/", experts.conflicts, name="conflicts"),
]
