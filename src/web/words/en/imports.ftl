import-roster = Import units, people or leave
import-lead = First you see what would change, and which rows would be set aside and why. Nothing is written until you say so.
import-file = File
import-file-about = CSV in UTF-8, or an Excel workbook whose first sheet is read; at most 16 MiB. It is kept for an hour.
import-too-large = The file has more than 16 MiB: send it in parts.
import-preview = Look at what would change
import-columns = Columns
import-columns-about = The first line names the columns. What the file is about is read from them. Other columns of people are kept as attributes.
import-columns-more = if there are any:
import-leave = Leave
import-leave-kinds = kinds:
import-assignments = Assignments
import-done = The file was taken in.
import-not-yet = Nothing is written yet. This is what would happen.
import-nothing = There is nothing to change: what can be taken is there already.
import-added = Added
import-changed = Changed
import-withdrawn = Taken back
import-unchanged = As they are
import-counts-about = An assignment that ends because the next one begins counts as changed. Who is not in the file stays as they are.
import-take = Take in exactly this
import-other-file = Choose another file
import-mend = Download these rows, mend them as their last column says, and upload that file: the column may stay.
import-download = Download the rows set aside (CSV)
import-why = Why, and how to mend it
import-more = { $rows ->
    [one] { $rows } more row is in the file to download.
   *[other] { $rows } more rows are in the file to download.
}

simulate = Try other rules on a cycle
simulate-lead = What another version of the rules would have made of a cycle that was appraised: who wins, who loses, and what it costs. Nothing of the cycle is changed.
simulate-rules = Version of the rules
simulate-ask = Work it out
simulate-none = There is no appraised cycle, or no version of the rules, to try.
simulation-look = Look at the comparison
simulation-of = { $cycle } by other rules
simulation-from-to = As it stands (revision { $revision }, { $before }) beside { $after }.
simulation-moved = Rating, score or pay is another
simulation-of-agents = of { $agents } people
simulation-up = Score rises
simulation-down = Score falls
simulation-cost = Cost
simulation-before = As it stands
simulation-after = By the other rules
simulation-difference = Difference
simulation-paid = People paid
simulation-migration = From which rating to which
simulation-migration-about = Each row says where people stand now, each column where they would stand.
simulation-winners = Who wins most ({ $currency })
simulation-losers = Who loses most ({ $currency })
simulation-unpaid = without pay
simulation-nobody = Nobody.
simulation-units = Units
simulation-units-more = { $units ->
    [one] { $units } more unit is not shown: 'merit simulate' lists all.
   *[other] { $units } more units are not shown: 'merit simulate' lists all.
}
simulation-rules = What changes in the rules
outcome-unrated = Without rating
outcome-no-card = Without scorecard

people-number = Employee number begins with
people-name = Name begins with
people-active = Active
people-left = Left
people-choose = Choose
exempt-chosen = Exempt those chosen from a cycle
exempt-heading = Exempt people from a cycle
exempt-lead = All of them are exempted for the same reason; the next appraisal of the cycle heeds it. Each is recorded by itself.
exempt-nobody = Nobody is chosen: tick people in the table first.
exempt-note = Note
exempt-note-about = Needed where the reason is another one. It may be about somebody's health, and does not stand in the audit log.
exempt-do = { $people ->
    [one] Exempt { $people } person
   *[other] Exempt { $people } people
}
exempt-done = { $people ->
    [one] { $people } person is exempt from { $cycle } now
   *[other] { $people } people are exempt from { $cycle } now
}
exempt-not = Not exempted
import-ratings = Import ratings
import-ratings-counted = Ratings
import-ratings-over = This cycle takes no more ratings: its review is complete.
import-ratings-groups = To which group the rater belongs, as the form says:
import-ratings-items = An item of the form by which the person is judged, as 'item' or 'form.item'; the value is one of the form's levels. The same rater's rating of the same item takes the place of an earlier one.
