"""How the web server writes its access log, when it is told to: a request's path without its query. Tools that verify
invoices send their key there, and letters lead to links that are keys themselves."""

access_log_format = '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(B)s %(M)sms'
