"""Addresses of complaints: the public's form and tracker, the officers' list and record."""

from django.urls import path

from tuoyu.complaints.views import office, public

app_name = "complaints"

urlpatterns = [
    path("complaints/report/", public.report, name="report"),
    path("complaints/tracker/", public.tracker, name="tracker"),
    path("complaints/tracker/rating/", public.rating, name="rating"),
    path("complaints/tracker/review/", public.review, name="review"),
    path("complaints/", office.complaint_list, name="list"),
    path("complaints/new/", office.record, name="record_new"),
    path("complaints/<str:number>/", office.complaint, name="complaint"),
    path("complaints/<str:number>/reporter/", office.reporter, name="reporter"),
    path("complaints/<str:number>/department/", office.department, name="department"),
    path("complaints/<str:number>/extension/", office.extension, name="extension"),
    path("complaints/<str:number>/attachments/<int:pk>/", office.attachment, name="attachment"),
    path("institutions/<int:pk>/complaints/", office.of_institution, name="of_institution"),
]
