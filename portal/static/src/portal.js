// Portal Kader: small comforts. Every page works without this file.
