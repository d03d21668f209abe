"""Addresses of credit."""

from django.urls import path

from tuoyu.credit import views

app_name = "credit"

urlpatterns = [
    path("credit/", views.board, name="board"),
    path("credit/<id:pk>/", views.event, name="event"),
    path("credit/<id:pk>/correction/", views.correct, name="correct"),
    path("credit/<id:pk>/repair/", views.ask, {"kind": "repair"}, name="repair"),
    path("credit/<id:pk>/objection/", views.ask, {"kind": "objection"}, name="objection"),
    path("credit/requests/<id:pk>/", views.request_of, name="request"),
    path("credit/people/<id:pk>/", views.person, name="person"),
    path("credit/lists/", views.lists, name="lists"),
    path("credit/lists/<id:pk>/removal/", views.take_off_list, name="take_off_list"),
    path("my/credit/", views.mine, name="mine"),
    path("institutions/<id:pk>/credit/", views.institution, name="institution"),
    path("institutions/<id:pk>/credit/new/", views.record, name="record"),
    path("institutions/<id:pk>/credit/lists/", views.put_on_list, name="put_on_list"),
]
