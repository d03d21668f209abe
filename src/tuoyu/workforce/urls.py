"""Addresses of the people who work in childcare: the staff register, bars, training, service."""

from django.urls import path

from tuoyu.workforce.views import bars, offices, person, service, staff, training

app_name = "workforce"

urlpatterns = [
    path("bars/", bars.bars, name="bars"),
    path("bars/new/", bars.record_bar, name="record_bar"),
    path("bars/<id:pk>/", bars.bar, name="bar"),
    path("bars/<id:pk>/correction/", bars.correct_bar, name="correct_bar"),
    path("bar-alerts/", bars.bar_alerts, name="bar_alerts"),
    path("record-check-hits/", bars.record_check_hits, name="record_check_hits"),
    path("record-check-hits/<id:pk>/correction/", bars.correct_record_check, name="correct_record_check"),
    path("institutions/<id:pk>/staff/", staff.staff, name="staff"),
    path("institutions/<id:pk>/staff/hiring/", staff.hiring, name="hiring"),
    path("institutions/<id:pk>/staffing/", staff.staffing, name="staffing"),
    path("staff/", offices.overview, name="overview"),
    path("staff/alerts/", offices.alerts, name="alerts"),
    path("staff/several/", offices.several, name="several"),
    path("staff/search/", offices.search, name="search"),
    path("staff/<id:pk>/", person.person, name="person"),
    path("staff/<id:pk>/identity/", person.identity, name="identity"),
    path("staff/<id:pk>/details/", person.details, name="details"),
    path("staff/<id:pk>/class/", person.place, name="class"),
    path("staff/<id:pk>/end/", person.end, name="end"),
    path("staff/<id:pk>/certificates/", person.certificate, name="certificate"),
    path("staff/<id:pk>/checks/", person.check, name="check"),
    path("staff/certificates/<id:pk>/withdrawal/", person.withdrawal, name="withdrawal"),
    path("staff/certificates/<id:pk>/file/", person.paper, name="paper"),
    path("staff/checks/<id:pk>/answer/", person.answer, name="answer"),
    path("training/", training.sessions, name="sessions"),
    path("training/new/", training.new_session, name="new_session"),
    path("training/gaps/", training.training_gaps, name="training_gaps"),
    path("training/sign-in/<str:code>/", training.sign_in, name="sign_in"),
    path("training/hours/<id:pk>/correction/", training.correct_hours, name="correct_hours"),
    path("training/<id:pk>/", training.session, name="session"),
    path("training/<id:pk>/enrolments/", training.enrol, name="enrol"),
    path("training/<id:pk>/presence/", training.confirm_presence, name="confirm_presence"),
    path("training/<id:pk>/cancellation/", training.cancel_session, name="cancel_session"),
    path("training/<id:pk>/code/", training.sign_in_code, name="sign_in_code"),
    path("my/hours/", training.my_hours, name="my_hours"),
    path("institutions/<id:pk>/training/", training.institution_hours, name="institution_hours"),
    path("institutions/<id:pk>/training/<id:person>/", training.person_hours, name="person_hours"),
    path("institutions/<id:pk>/service/", service.institution_service, name="institution_service"),
    path("service/", service.service_periods, name="service_periods"),
    path("service/<id:pk>/decision/", service.decide_service, name="decide_service"),
    path("service/people/<id:pk>/certificate/", service.certify_service, name="certify_service"),
    path("service/certificates/<id:pk>/", service.service_certificate, name="service_certificate"),
]
