"""Reads of months: their status, the digest file, the preview of an open one."""
