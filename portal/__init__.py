"""Portal Kader: where an outreach cadre reports, is seen and is paid."""
