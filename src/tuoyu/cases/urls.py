"""Addresses of cases: an officer's under /cases/, an applicant's under /my/cases/."""

from django.urls import path

from tuoyu.cases import views

app_name = "cases"

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("cases/", views.case_list, name="list"),
    path("cases/<str:number>/", views.case, name="case"),
    path("cases/<str:number>/steps/<slug:key>/decision/", views.decision, name="decision"),
    path("cases/<str:number>/steps/<slug:key>/take/", views.take, name="take"),
    path("cases/<str:number>/steps/<slug:key>/assignee/", views.assignee, name="assignee"),
    path("my/cases/", views.own_cases, name="mine"),
    path("my/cases/<str:number>/", views.tracker, name="tracker"),
    path("my/cases/<str:number>/withdrawal/", views.withdrawal, name="withdrawal"),
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.notices_read, name="notices_read"),
]
