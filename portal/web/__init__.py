"""What every page needs: access rules, errors, headers, assets, forms; no sessions and no menus."""
