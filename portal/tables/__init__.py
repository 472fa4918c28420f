"""CSV and XLSX in and out: untrusted files read row by row, exports written completely or not at all."""
