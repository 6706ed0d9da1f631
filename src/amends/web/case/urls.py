"""The addresses of a case's page, under /m/."""

from __future__ import annotations

from django.urls import URLPattern, path

from amends.web.case import do, dossier, replies, views
from amends.web.disputes import filed

urlpatterns: list[URLPattern] = [
    path("cases/<uuid:case_id>", views.case, name="case"),
    path("cases/<uuid:case_id>/next", views.following, name="case-next"),
    path("cases/<uuid:case_id>/here", views.here, name="case-here"),
    path("cases/<uuid:case_id>/reveal", views.reveal, name="case-reveal"),
    path("cases/<uuid:case_id>/dossier", dossier.shown, name="case-dossier"),
    path("cases/<uuid:case_id>/dossier.<slug:form>", dossier.file, name="case-dossier-file"),
    path("cases/<uuid:case_id>/dossiers/<uuid:dossier_id>.<slug:form>", dossier.kept, name="case-dossier-kept"),
    path("cases/<uuid:case_id>/replies", replies.menu, name="case-replies"),
    path("cases/<uuid:case_id>/replies/<slug:template_id>", replies.use, name="case-reply"),
    path("cases/<uuid:case_id>/attach/<slug:verb>", replies.attach, name="case-attach"),
    path("cases/<uuid:case_id>/approve-cancellation", filed.approve, name="dispute-approve"),
    path("cases/<uuid:case_id>/slip", views.slip, name="case-slip"),
    path("cases/<uuid:case_id>/do/<slug:verb>", do.do, name="case-do"),
    path("cases/<uuid:case_id>/do/<slug:verb>/preview", do.preview, name="case-preview"),
    path("cases/<uuid:case_id>/do/<slug:verb>/draft", do.draft, name="case-draft"),
]
