"""The organisation: branches, regional offices, host bodies, and who may see what."""
