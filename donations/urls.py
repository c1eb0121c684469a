from django.urls import path

from donations import views

app_name = "donations"
urlpatterns = [
    path("contribute", views.contribute, name="contribute"),
    path("contribute/thanks", views.thanks, name="thanks"),
]
