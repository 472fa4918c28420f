"""Organisation: branches, regional offices, host bodies, and who may see what."""
