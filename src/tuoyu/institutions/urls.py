"""Addresses of applications (/apply/), institutions in the console, and verification."""

from django.urls import path, register_converter

from tuoyu.institutions.views import (
    after_filing,
    application_review,
    applications,
    counts,
    filing_alone,
    history,
    provision,
    records,
    start,
    suspensions,
)


class SmallId:
    """A row's number that fits the database's own."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: object) -> str:
        return str(value)


register_converter(SmallId, "id")

app_name = "institutions"

urlpatterns = [
    path("apply/", start.start, name="start"),
    path("apply/desk/", start.desk, name="desk"),
    path("apply/filing/", filing_alone.filing, name="filing"),
    path("apply/desk/filing/", filing_alone.desk_filing, name="desk_filing"),
    path("apply/matters/", after_filing.matters, name="matters"),
    path("apply/desk/matters/", after_filing.desk_matters, name="desk_matters"),
    path("apply/mine/", applications.applications, name="applications"),
    path("apply/papers/<id:pk>/", applications.paper, name="paper"),
    path("apply/<id:pk>/", applications.application, name="application"),
    path("apply/<id:pk>/review/", application_review.review, name="review"),
    path("apply/<id:pk>/handed-in/", application_review.handed_in, name="handed_in"),
    path("apply/<id:pk>/delete/", applications.delete, name="delete"),
    path("apply/<id:pk>/restore/", applications.restore, name="restore"),
    path("apply/<id:pk>/<slug:page>/", applications.page, name="page"),
    path("institutions/", records.institutions, name="list"),
    path("institutions/unfiled/", records.unfiled, name="unfiled"),
    path("institutions/asked-again/", history.asked_again, name="asked_again"),
    path("institutions/<id:pk>/", records.record, name="record"),
    path("institutions/<id:pk>/history/", history.past, name="history"),
    path("institutions/<id:pk>/counts/", counts.stated, name="counts"),
    path("institutions/<id:pk>/counts/new/", counts.state, name="state_counts"),
    path("institutions/<id:pk>/opened-places/", provision.openings, name="openings"),
    path("institutions/<id:pk>/pairings/", provision.pairings, name="pairings"),
    path("institutions/<id:pk>/pairings/<id:number>/", provision.pairing, name="pairing"),
    path(
        "institutions/<id:pk>/suspensions/<id:number>/calling-off/",
        suspensions.calling_off,
        name="calling_off",
    ),
    path("institutions/<id:pk>/reminder/", filing_alone.remind, name="remind"),
    path("institutions/papers/<id:pk>/", records.certificate, name="certificate"),
    path("verify/<slug:code>/", records.verify, name="verify"),
]
