"""How journalists come in: allauth at /admin/account/, with what this desk wants otherwise."""
