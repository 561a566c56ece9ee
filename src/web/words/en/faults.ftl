# What is wrong with a row of a roster, of leave or of ratings. What is quoted is marked up where it stands in a page: no tags in here.
fault-empty = Column “{ $column }” is empty: every row needs { $needs }.
fault-not-a-day = “{ $text }” is not a day: write it as { $formats }.
fault-other-than-before = This says other things of agent “{ $number }” than line { $line }: make the columns { $columns } and all others that tell of the person the same.
fault-currency = “{ $text }” is not a currency code of ISO 4217: write three capital letters, such as { $example }.
fault-target-not-a-number = Target incentive: “{ $text }” is not an amount. Write digits with at most one point and no separators, such as { $example }.
fault-target-too-precise = Target incentive: “{ $text }” has { $given } decimals, but { $currency } has { $allowed }: round it first.
fault-target-out-of-range = Target incentive: “{ $text }” is more money than can be counted: correct the amount.
fault-target-below-zero = Target incentive: “{ $text }” is below zero. Write what is paid at 100 %.
fault-fte-not-a-number = Share of full time (“{ $column }”): “{ $text }” is not a number. Write digits with at most one point, such as { $example }.
fault-fte-too-precise = Share of full time (“{ $column }”): “{ $text }” has more than six decimals. Round it to six.
fault-fte-out-of-range = Share of full time (“{ $column }”): “{ $text }” is out of range. Write { $full } for full time, { $half } for half.
fault-leave-kind = “{ $text }” is not a kind of leave: write one of { $kinds }; { $withdrawn } takes a leave back.
fault-unknown-person = “{ $text }” in column “{ $column }” is not on the roster: import the roster first, or correct the number.
fault-item-of-two = “{ $item }” is an item of two forms: write { $one } or { $other }.
fault-not-an-item = “{ $item }” is not an item this agent is rated on: the items are { $items }.
fault-unassigned = Agent “{ $number }” has no assignment in this cycle: correct the number, or import the roster.
fault-not-judged = No scorecard of the agent’s post ({ $posts }) is judged by people: correct the number, or add “{ $section }” to the card.
fault-group = “{ $text }” is not a group of raters: write one of { $groups }.
fault-group-not-asked = Form “{ $form }” is not rated by the group { $group }: its groups are { $groups }.
fault-only-oneself = Only the agent belongs to the group { $group }: correct the rater or the group.
fault-oneself-otherwise = Nobody rates themselves as { $group }: write { $self }, or correct the rater.
fault-not-a-level = “{ $text }” is not a level of form “{ $form }”: its levels are { $levels }.

fault-unit-twice = Unit “{ $code }” is listed twice: keep one.
fault-unknown-parent = Unit “{ $code }” belongs to unit “{ $parent }”, which is neither in this file nor known: add it, or correct the code.
fault-unit-loop = Unit “{ $code }” would be above itself: correct its parent “{ $parent }”.
fault-agent-twice = Employee number “{ $number }” is listed twice: keep one.
fault-alias-taken = Alias “{ $alias }” of agent “{ $number }” already means agent “{ $other }”: an alias belongs to one agent.
fault-left-before-hired = Agent “{ $number }” left on { $left }, before being hired on { $hired }: correct the days.
fault-unknown-agent = The assignment names agent “{ $number }”, who is neither in this file nor known: add the agent.
fault-unknown-unit = The assignment of agent “{ $number }” names unit “{ $unit }”, which is neither in this file nor known: add it, or correct the code.
fault-backwards = The assignment of agent “{ $number }” ends on { $last }, before it begins on { $first }: correct the days.
fault-overlap = Agent “{ $number }” has two assignments that share days: { $one } and { $other }. End one before the next begins.
fault-stretch = “{ $post }” in “{ $unit }” from { $first } to { $last }
fault-open-stretch = “{ $post }” in “{ $unit }” from { $first } on

fault-leave-of-nobody = Agent “{ $number }” is not on the roster: import the roster first, or correct the number.
fault-leave-backwards = The leave of agent “{ $number }” ends on { $last }, before it begins on { $first }: swap the days.
fault-leave-twice = Two leaves of agent “{ $number }” begin on { $first }: keep one.
fault-leave-overlap = Agent “{ $number }” has two leaves that share days: { $one_first } to { $one_last }, and { $other_first } to { $other_last }. End one before the other, or withdraw one (kind { $withdrawn }).

fault-rated-twice = The same rater rates the same item of the same agent twice: keep one.
fault-two-groups = The rater rates this agent as { $group } here and as { $other } on item “{ $item }”: a rater belongs to one group for an agent, so write the same in all their rows.

need-employee-number = an employee number
need-name = a name
need-unit = a unit
need-unit-code = the unit’s code
need-post = a post
need-first-day = the assignment’s first day
need-leave-kind = a kind of leave
need-leave-first-day = the first day of the leave
need-leave-last-day = the last day of the leave, which is included
need-rater = the employee number of a rater
need-group = the rater’s group
need-item = an item of the form
need-level = a level of the form
