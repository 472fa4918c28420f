"""How a pointer leaves the portal: e-mail by SMTP, web push by HTTPS."""
