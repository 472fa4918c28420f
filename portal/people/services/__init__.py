"""Writes of people."""

from portal.people.services.accounts import check_bank_code, enter_account, normalise_account, verify_account
from portal.people.services.branches import (
    check_code,
    create_branch,
    create_host_body,
    edit_branch,
    edit_host_body,
)
from portal.people.services.cadres import (
    MAY_REVEAL,
    NewCadre,
    certify_cadre,
    change_status,
    create_cadre,
    reveal_number,
    set_alias,
)
from portal.people.services.keeping import Kept, KeptFile, delete_old_forms, drop_form, find_kept, keep_form
from portal.people.services.operator import install_operator
from portal.people.services.passwords import hash_password, password_fits
from portal.people.services.sessions import close_sessions, note_use, open_session
from portal.people.services.signing_in import (
    change_password,
    check_new_password,
    revoke_other_sessions,
    revoke_session,
    sign_in,
    sign_out,
    start_reset,
    use_reset_code,
)
from portal.people.services.terms import Change, move_cadre, refresh_present
from portal.people.services.throttle import (
    Attempt,
    TooManyTries,
    begin_attempt,
    begin_own_attempt,
    note_success,
    note_wrong_code,
)
from portal.people.services.users import (
    LOCALES,
    THEMES,
    Place,
    add_user,
    assign_role,
    disable_user,
    enable_user,
    update_preferences,
)

__all__ = [
    "LOCALES",
    "MAY_REVEAL",
    "THEMES",
    "Attempt",
    "Change",
    "Kept",
    "KeptFile",
    "NewCadre",
    "Place",
    "TooManyTries",
    "add_user",
    "assign_role",
    "begin_attempt",
    "begin_own_attempt",
    "certify_cadre",
    "change_password",
    "change_status",
    "check_bank_code",
    "check_code",
    "check_new_password",
    "close_sessions",
    "create_branch",
    "create_cadre",
    "create_host_body",
    "delete_old_forms",
    "disable_user",
    "drop_form",
    "edit_branch",
    "edit_host_body",
    "enable_user",
    "enter_account",
    "find_kept",
    "hash_password",
    "install_operator",
    "keep_form",
    "move_cadre",
    "normalise_account",
    "note_success",
    "note_use",
    "note_wrong_code",
    "open_session",
    "password_fits",
    "refresh_present",
    "reveal_number",
    "revoke_other_sessions",
    "revoke_session",
    "set_alias",
    "sign_in",
    "sign_out",
    "start_reset",
    "update_preferences",
    "use_reset_code",
    "verify_account",
]
