deadlines = Deadlines
deadlines-set = Set the deadlines
deadlines-counted = Working days by the calendar { $calendar }, { $zone }; each stage counts from the day the one before was done.
deadlines-counted-plainly = Working days from Monday to Friday, { $zone }; each stage counts from the day the one before was done.
deadlines-unknown-years = The calendar does not know { $years }: there, days count from Monday to Friday.
deadlines-promise = Once results are published, the days to take note and to appeal only become more, and the calendar stays: agents were told of them.
deadlines-calendar = Working calendar
deadlines-monday-to-friday = Monday to Friday, UTC
deadlines-over = Nothing of this cycle is due any more.
deadline-stage = Stage
deadline-days = Working days
deadline-due = Due
deadline-left = Left
deadline-planned = Planned
deadline-running = Running
deadline-overdue = { $days ->
    [one] Overdue by { $days } working day
   *[other] Overdue by { $days } working days
}
deadline-done = Done
deadline-done-late = Done late
deadline-no-number = { $stage }: “{ $text }” is not a number of working days from 1 to { $most }.
stage-freeze = Freeze
stage-score = Score
stage-review = Hand in reviews
stage-calibrate = Calibrate
stage-approve = Approve
stage-publish = Publish
stage-acknowledge = Take note
stage-appeal = Appeal
stage-decide = Decide appeals
stage-finalise = Make final
waits-for = Cards on hold wait for
waits-for-ratings = Ratings

publication = Publication
publish-what = Publish results
publish-about = { $left ->
    [one] { $left } result waits for publication.
   *[other] { $left } results wait for publication.
} You see what will happen before it does.
publish-whose = Whose results
publish-all = All that are left
publish-units = Only these units, each with everything below it
publish-unit-waits = { $left } of { $all } wait
publish-when = When
publish-now = Now
publish-later = At a set time
publish-at = Time (UTC)
publish-look = See what will happen
publish-no-unit = Choose a unit, or all that are left.
publish-no-time = Choose a time that is still to come.
publish-nothing-waits = Nothing of these units waits for publication.
publish-not-now = Nothing waits for publication: results are published once they are approved.
publish-will = What will be published
publish-results = { $results ->
    [one] { $results } agent sees their result from then on.
   *[other] { $results } agents see their results from then on.
}
publish-told = Who is told
publish-told-about = Each of them who has an account, once: by e-mail where an address is known, else in Merit only.
publish-later-about = A job waits for its time and can be cancelled until then. If other results are approved meanwhile, it publishes nothing.
publish-do = Publish now
publish-do-later = Publish at this time
publish-waits = Waits until { $at }:
publish-asked-by = asked for by { $by }
preview = As an agent will see it
preview-about = The scorecard of one agent, with what they will see and nothing else.
preview-of = What { $number } will see:
preview-published = it is published, and they see it already.
preview-not-published = it is not published yet; only you see it here.
preview-payout = With it, the payout: { $amount }.
preview-back = Back to the publication

export-format = File
export-make = Make a file of all of it
export-about = Made in the background and kept for some days; only you can fetch it. Filters other than the unit do not count.
export-of-unit = Of { $unit } and everything below it.
export-file = The file
export-file-about = { $rows } rows, { $size } KiB. Only you can fetch it, while you may see all that it tells.
