access-add = Add a person or a program
access-make = Make the account
access-client-about = Signs in with tokens only.
access-login-about = Letters, digits and . - _ @ +, such as li.wei. It cannot be changed later.
access-of-person = Of a person only
access-number-about = Of the agent this person is; they may then read what is their own. Leave it empty for anybody else.
access-let-in = Letting them in
access-made-but = The account was made, but not all that you asked for:
access-changed-meanwhile = Somebody else changed this account meanwhile. You see it as it is now; what you filled in is still in the form. Look again, then decide.

link-later = No link now
link-mail = Send a link by e-mail
link-show = Show a link to hand on
link-shown = Hand this link on to that person alone. It works once, until { $until }, and is shown now and never again:
link-invite-about = There is no password yet. A link with which the person sets one works once, for 7 days; older links end.
link-reset-about = For a forgotten password: a link with which the person sets a new one works once, for an hour; older links end. It also lifts a block after failed tries.
link-disabled = The account is disabled: enable it first.

login-blocked = { $failures ->
    [one] Sign-in blocked until { $until } after one failed try
   *[other] Sign-in blocked until { $until } after { $failures } failed tries
}
login-blocked-about = It ends by itself at that time. A link for a new password, once it is used, ends it at once. Failed tries of a client address are counted too, by a hash from which nobody can tell the address.

account-may = What they may see and do
account-itself = Account
account-rename = Change the name
account-disable = Disable the account
account-disable-about = From now on nobody comes in with this account: its sessions and links end at once, its tokens do nothing. Results, reviews and the audit log stay as they are. You can enable it again.
account-disable-client = From now on its tokens do nothing. You can enable it again; the tokens work again then.
account-enable = Enable the account
account-enable-about = The person can sign in again with the password they had; tokens work again.
account-own-about = Nobody disables their own account: another administrator does.

grant-role = Role
grant-choose = Choose a role
grant-none-yet = Nothing yet
grant-give = Give a role
grant-unit-about = The role is for this unit and everything below it; left empty, for the whole organisation.
grant-pay = With pay, where the role alone does not show it
grant-first-day = From (today, when empty)
grant-last-day = Until (until further notice, when empty)
grant-days-about = Both days are included.
grant-take-away = Take it away
grant-take-away-of = Take it away: { $role }
grant-take-away-about = From now on it allows nothing, also in sessions that are open. It stays in the audit log; giving it again makes a new one.
grant-comes-back = It was given by the sign-in service and comes back at the next sign-in there, while that says so.
grant-own-about = Nobody grants themselves anything: another administrator does.

token-kind-token = Token
token-kind-token-about = Sent with each request.
token-kind-secret = Secret
token-kind-secret-about = Exchanged at /oauth/token for tokens that last a short time.
token-name = What it is for
token-last-day = Works until the end of this day (UTC; without end, when empty)
token-only = Only for:
token-only-about = With nothing chosen it is for all that the account may do.
token-once = Its text is shown once. Keep it where the program reads it.
token-make = Make a token
token-shown = The text of '{ $name }', shown now and never again:
token-change = Replace or revoke
token-change-of = Replace or revoke: { $name }
token-rotate = Replace it
token-rotate-about = A new one of the same kind takes its place; this one goes on for an hour, so that the program can change over.
token-revoke = Revoke it
token-revoke-about = It does nothing any more, at once. This cannot be taken back.
token-of-person = Tokens in a person's name are made by that person with 'merit token create'. For a program, add an account of its own.

sessions = Signed in
sessions-none = Nobody is signed in with this account.
sessions-own = Where you are signed in
sessions-end-all = Sign them out everywhere
sessions-end-all-about = Every session ends at once; what was not saved on a page is lost. They can sign in again. To keep them out, disable the account.
session-seen = Last seen
session-begun = Since
session-way = By way of
session-ends = Ends at the latest
session-by-password = Password
session-here = This one
session-end = End this one
session-end-of = End this one: last seen { $seen }
session-about = A session ends after an hour without use. Addresses and browsers are not kept.
account-changed-meanwhile = Your account was changed meanwhile. You see it as it is now; choose again.
contact-now = It is now:
