"""CSV and XLSX in and out: untrusted files read row by row, exports written whole or not at all."""
