# 花名册、休假或评分文件中某行的问题。引用的内容在页面中另有标记，此处不写标签。
fault-empty = “{ $column }”列为空：每行都须填写{ $needs }。
fault-not-a-day = “{ $text }”不是有效日期：请写成 { $formats }。
fault-other-than-before = 本行关于员工“{ $number }”的内容与第 { $line } 行不一致：请统一 { $columns } 各列及其他个人属性列。
fault-currency = “{ $text }”不是有效的货币代码：请填写三个大写字母，例如 { $example }。
fault-target-not-a-number = 目标奖金“{ $text }”不是金额：请只用数字和至多一个小数点，不加千位分隔符，例如 { $example }。
fault-target-too-precise = 目标奖金“{ $text }”有 { $given } 位小数，而 { $currency } 只有 { $allowed } 位：请先取整到该位数。
fault-target-out-of-range = 目标奖金“{ $text }”超出可处理的范围：请更正金额。
fault-target-below-zero = 目标奖金“{ $text }”小于零：请填写完成率为 100% 时发放的金额。
fault-fte-not-a-number = “{ $column }”列的工时比例“{ $text }”不是数字：请只用数字和至多一个小数点，例如 { $example }。
fault-fte-too-precise = “{ $column }”列的工时比例“{ $text }”超过六位小数：请保留至多六位。
fault-fte-out-of-range = “{ $column }”列的工时比例“{ $text }”超出范围：全职请填 { $full }，半职请填 { $half }。
fault-leave-kind = “{ $text }”不是休假类别：请填写 { $kinds } 之一；填 { $withdrawn } 表示撤回休假。
fault-unknown-person = “{ $column }”列的“{ $text }”不在花名册上：请先导入花名册，或更正工号。
fault-item-of-two = 有两张评价表都含项目“{ $item }”：请写成 { $one } 或 { $other }。
fault-not-an-item = “{ $item }”不是此人的评价项目：可用项目为 { $items }。
fault-unassigned = 员工“{ $number }”在本周期没有任职：请更正工号，或导入花名册。
fault-not-judged = 此人岗位（{ $posts }）的评分卡不含由人评价的部分：请更正工号，或在评分卡中加入“{ $section }”。
fault-group = “{ $text }”不是评分人的组：请填写 { $groups } 之一。
fault-group-not-asked = 评价表“{ $form }”不由{ $group }评价：其评分组为{ $groups }。
fault-only-oneself = 只有被评价者本人才能以{ $group }的身份评分：请更正评分人或组。
fault-oneself-otherwise = 不能以{ $group }的身份给自己评分：组请填 { $self }，或更正评分人。
fault-not-a-level = “{ $text }”不是评价表“{ $form }”的等级：可用等级为 { $levels }。

fault-unit-twice = 单位“{ $code }”重复列出：请只保留一行。
fault-unknown-parent = 单位“{ $code }”的上级单位“{ $parent }”既不在本文件中，也不在系统中：请补充该单位，或更正代码。
fault-unit-loop = 单位“{ $code }”会成为自己的上级：请更正其上级单位“{ $parent }”。
fault-agent-twice = 工号“{ $number }”重复列出：请只保留一行。
fault-alias-taken = 员工“{ $number }”的别名“{ $alias }”已属于员工“{ $other }”：一个别名只能属于一人，请更改或删除。
fault-left-before-hired = 员工“{ $number }”的离职日 { $left } 早于入职日 { $hired }：请更正日期。
fault-unknown-agent = 任职所属的员工“{ $number }”既不在本文件中，也不在系统中：请补充该员工，或更正工号。
fault-unknown-unit = 员工“{ $number }”任职的单位“{ $unit }”既不在本文件中，也不在系统中：请先导入该单位，或更正代码。
fault-backwards = 员工“{ $number }”的任职末日 { $last } 早于首日 { $first }：请更正日期。
fault-overlap = 员工“{ $number }”有两段任职的日期重叠：{ $one }与{ $other }。请在后一段开始之前结束前一段。
fault-stretch = 在“{ $unit }”任“{ $post }”（{ $first } 至 { $last }）
fault-open-stretch = 在“{ $unit }”任“{ $post }”（{ $first } 起）

fault-leave-of-nobody = 员工“{ $number }”不在花名册上：请先导入花名册，或更正工号。
fault-leave-backwards = 员工“{ $number }”的休假末日 { $last } 早于首日 { $first }：请对调日期。
fault-leave-twice = 员工“{ $number }”有两段休假都从 { $first } 开始：请只保留一段。
fault-leave-overlap = 员工“{ $number }”有两段休假的日期重叠：{ $one_first } 至 { $one_last }，与 { $other_first } 至 { $other_last }。请错开日期，或撤回其中一段（类别填 { $withdrawn }）。

fault-rated-twice = 同一评分人对同一员工的同一项目评分两次：请只保留一行。
fault-two-groups = 评分人在本行以{ $group }的身份评价此人，在项目“{ $item }”中却以{ $other }的身份：同一评分人对同一员工只能属于一个组，请在其所有行填写同一组。

need-employee-number = 工号
need-name = 姓名
need-unit = 单位
need-unit-code = 单位代码
need-post = 岗位
need-first-day = 任职首日
need-leave-kind = 休假类别
need-leave-first-day = 休假首日
need-leave-last-day = 休假末日（含当日）
need-rater = 评分人的工号
need-group = 评分人的组
need-item = 评价项目
need-level = 评价等级
