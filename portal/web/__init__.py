"""What every page needs: who may open it, errors, headers, assets, forms; no sessions and no menus."""
