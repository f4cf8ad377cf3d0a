"""Reads raw mails of any origin: structure, charsets, headers, bodies, attachments, class, reports. Pure."""
