//! Which column of a table holds what.

use crate::formats::ColumnChoice;
use crate::formats::ColumnRole;
use crate::formats::HeaderRow;
use crate::formats::Role;
use crate::formats::TableOptions;
use crate::formats::Unsure;
use crate::formats::columns;
use crate::formats::columns::Column;
use crate::formats::columns::names;
use crate::formats::columns::names::Title;
use crate::formats::columns::note_types::kind_called;
use crate::formats::csv::cells::are_tags;
use crate::formats::csv::cells::is_constant;
use crate::formats::csv::cells::is_running;
use crate::formats::csv::cells::is_text_behind_a_separator;
use crate::formats::csv::cells::is_used;
use crate::formats::csv::cells::of_languages;
use crate::formats::csv::cells::say_the_same;
use crate::formats::csv::directives::has_optional_reverse;
use crate::formats::csv::directives::is_note;
use crate::formats::csv::directives::split_names;
use crate::formats::csv::fault::TableFault;
use crate::formats::csv::fault::TableWarning;
use crate::formats::csv::head::Head;
use crate::formats::csv::header;
use crate::formats::csv::header::Verdict;
use crate::formats::csv::list;
use crate::formats::csv::persons::in_lines;
use crate::formats::csv::persons::persons;
use crate::formats::csv::persons::verb;
use crate::formats::csv::quiz::Quiz;
use crate::formats::table::separator::Separator;
use crate::formats::table::survey::Survey;

/// What the columns of a table hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Roles {
    /// What each holds.
    pub(super) columns: Vec<Column>,
    /// What stands before a line of the explanation; a column names it by its place here.
    pub(super) labels: Vec<String>,
    /// Their names, where they have some.
    pub(super) names: Vec<String>,
    /// Columns whose role somebody said.
    pub(super) sure: Vec<bool>,
    /// What the first row is.
    pub(super) header: HeaderRow,
    /// What only a person can tell.
    pub(super) unsure: Vec<Unsure>,
    /// What is to be said.
    pub(super) warnings: Vec<TableWarning>,
    /// Columns that are lines of the explanation.
    pub(super) merged: Vec<String>,
    /// Columns that are not read.
    pub(super) left_out: Vec<String>,
    /// Columns of options, where each row is a question with some.
    pub(super) quiz: Option<Quiz>,
}

impl Roles {
    /// Decides by what the person said, by the lines above the table, by its header, and at last by the cells.
    pub(super) fn of(
        head: &Head,
        survey: &Survey,
        options: &TableOptions,
        separator: &Separator,
    ) -> Result<Self, TableFault> {
        let mut roles = Self::default();
        let given: Vec<String> = head.columns.iter().flat_map(|names| split_names(names, separator)).collect();
        let by_name = options.columns.iter().any(|choice| choice.column.parse::<usize>().is_err());
        let verdict = match options.header {
            Some(true) => Verdict::Is(HeaderRow::Sure),
            Some(false) => Verdict::Is(HeaderRow::None),
            None if by_name && given.is_empty() => Verdict::Is(HeaderRow::Sure),
            None if head.own && header::is_header(&survey.first) => Verdict::Is(HeaderRow::Sure),
            None if head.own || (!given.is_empty() && given != survey.first) => Verdict::Is(HeaderRow::None),
            // A row with a note type in its place is a note, whatever it says.
            None if is_note(head, survey) => Verdict::Is(HeaderRow::None),
            // Below a heading with a dash in it no names follow.
            None if separator.is_of_list() && list::has_part_above(survey) => Verdict::Is(HeaderRow::None),
            // In Markdown a line of dashes stands below the names of the columns.
            None if head.is_markdown => match header::verdict(survey) {
                Verdict::Is(HeaderRow::Sure) => Verdict::Is(HeaderRow::Sure),
                Verdict::Is(HeaderRow::Likely | HeaderRow::None) | Verdict::Maybe => Verdict::Is(HeaderRow::Likely),
            },
            // Anki would make a card of it: what is taken for a header after all is told.
            None if head.any => match header::verdict(survey) {
                Verdict::Is(HeaderRow::Sure) => Verdict::Is(HeaderRow::Likely),
                verdict => verdict,
            },
            None => header::verdict(survey),
        };
        if verdict == Verdict::Maybe && options.columns.is_empty() {
            roles.warnings.push(TableWarning::FirstRowIsCard(survey.first.clone()));
            roles.unsure.push(Unsure::Header);
        }
        if let Verdict::Is(header) = verdict {
            roles.header = header;
        }
        roles.senseless(head, survey, given.len());
        let has_header = roles.header != HeaderRow::None;
        let width = survey.columns.max(survey.first.len());
        if has_header {
            roles.names = survey.first.clone();
        } else if !given.is_empty() {
            roles.names = given;
        }
        if !options.columns.is_empty() {
            roles.said(&options.columns, width)?;
        } else if roles.names.is_empty() {
            roles.by_place(head, survey, separator);
        } else if head.own {
            roles.columns = roles.names.iter().map(|name| columns::named(name)).collect();
            roles.place(head);
            let unknown = |(name, column): (&String, &Column)| {
                (*column == Column::Unknown && !name.is_empty()).then(|| name.clone())
            };
            roles.left_out = roles.names.iter().zip(&roles.columns).filter_map(unknown).collect();
            if !roles.left_out.is_empty() {
                roles.warnings.push(TableWarning::LeftOut(roles.left_out.clone()));
            }
        } else {
            roles.by_name(head, survey, !has_header);
        }
        roles.sure.resize(roles.columns.len(), false);
        if roles.header == HeaderRow::Likely {
            let said = |(at, column): (usize, &Column)| {
                let name = roles.names.get(at).filter(|name| !name.is_empty())?;
                Some((name.clone(), roles.role_at(at, *column).in_words().to_owned()))
            };
            let said = roles.columns.iter().enumerate().filter_map(said).collect();
            roles.warnings.insert(0, TableWarning::Header(said));
        }
        Ok(roles)
    }

    /// The columns that `--columns` names, and no others.
    fn said(&mut self, choices: &[ColumnChoice], width: usize) -> Result<(), TableFault> {
        let count = width.max(self.names.len());
        self.columns = vec![Column::LeftOut; count];
        self.sure = vec![true; count];
        for ColumnChoice { role, column } in choices {
            let by_name = || {
                let wanted = names::plain(column);
                let exact = self.names.iter().position(|name| name == column);
                exact.or_else(|| self.names.iter().position(|name| names::plain(name) == wanted))
            };
            let at = by_name().or_else(|| column.parse::<usize>().ok()?.checked_sub(1).filter(|at| *at < count));
            let Some(slot) = at.and_then(|at| self.columns.get_mut(at)) else {
                return Err(TableFault::NoSuchColumn { asked: column.clone(), names: self.names.clone(), count });
            };
            *slot = match columns::named(role) {
                Column::Extra => {
                    let name = at.and_then(|at| self.names.get(at)).cloned().unwrap_or_default();
                    self.labels.push(if columns::named(&name) == Column::Extra { String::new() } else { name });
                    Column::Labelled(self.labels.len() - 1)
                }
                column => column,
            };
        }
        let answers: Vec<usize> =
            (0..count).filter(|at| self.columns.get(*at).is_some_and(|column| column.tells())).collect();
        if answers.len() > 1 {
            in_lines(&answers, &mut self.columns, &self.names, &mut self.labels);
        }
        let left =
            |(name, column): (&String, &Column)| (*column == Column::LeftOut && !name.is_empty()).then(|| name.clone());
        self.left_out = self.names.iter().zip(&self.columns).filter_map(left).collect();
        if self.names.is_empty() {
            let left = |(at, column): (usize, &Column)| (*column == Column::LeftOut).then(|| (at + 1).to_string());
            self.left_out = self.columns.iter().enumerate().filter_map(left).collect();
        }
        Ok(())
    }

    /// Names directives that say nothing of this table.
    fn senseless(&mut self, head: &Head, survey: &Survey, named: usize) {
        let count = survey.columns.max(survey.first.len()).max(named);
        let beyond = |(place, column): &(usize, Column)| {
            let name = match column {
                Column::NoteType => "notetype",
                column => columns::role_name(*column),
            };
            (*place >= count).then(|| format!("#{name} column:{}", place + 1))
        };
        let directives: Vec<String> =
            head.senseless.iter().cloned().chain(head.places.iter().filter_map(beyond)).collect();
        if !directives.is_empty() {
            self.warnings.push(TableWarning::Senseless { directives, count });
        }
    }

    /// Puts in what directives say of places.
    fn place(&mut self, head: &Head) {
        for (place, column) in &head.places {
            if let Some(slot) = self.columns.get_mut(*place) {
                *slot = *column;
            }
        }
    }

    /// By the names of the columns. Of names that a directive gives the first two are question and answer, as in Anki, unless
    /// two others are called so.
    fn by_name(&mut self, head: &Head, survey: &Survey, is_directive: bool) {
        self.columns = self.names.iter().map(|name| columns::named(name)).collect();
        self.without_other_meanings(survey);
        columns::without_foreign_groups(&mut self.columns);
        columns::translation_sides(&self.names, &mut self.columns);
        self.find_options(survey);
        self.without_doubles();
        let persons = persons(&self.names);
        if let Some(verb) = verb(&persons, &self.columns, survey) {
            in_lines(&persons, &mut self.columns, &self.names, &mut self.labels);
            if let Some(column) = self.columns.get_mut(verb) {
                *column = Column::Question;
            }
        }
        self.place(head);
        self.without_numbers(survey);
        let placed = |at: usize| head.places.iter().any(|(place, _)| *place == at);
        let plain: Vec<String> = self.names.iter().map(|name| names::plain(name)).collect();
        let asks = |column: &Column| column.asks();
        let tells = |column: &Column| column.tells() || *column == Column::Field("items");
        // lmq's own names come before other ones.
        let first = |test: &dyn Fn(&Column) -> bool| {
            let own = |column: &Column| test(column) && matches!(column, Column::Field(_));
            self.columns.iter().position(own).or_else(|| self.columns.iter().position(test))
        };
        let (mut question, mut answer) = (first(&asks), first(&tells));
        let is_side = |column: &Column| matches!(column, Column::Question | Column::Answer | Column::Unknown);
        if is_directive && (question.is_none() || answer.is_none()) {
            let mut sides =
                (0..self.columns.len()).filter(|at| !placed(*at) && self.columns.get(*at).is_some_and(is_side));
            question = question.filter(|at| !self.columns.get(*at).is_some_and(is_side)).or_else(|| sides.next());
            answer = answer.filter(|at| !self.columns.get(*at).is_some_and(is_side)).or_else(|| sides.next());
        }
        let is_used = |at: usize| is_used(survey, at);
        // Names that could be question or answer, the likelier ones first.
        let rank = |at: usize| match plain.get(at).and_then(|name| names::title(name)) {
            Some(Title::Language) => 0,
            Some(Title::Code) => 1,
            Some(Title::Usual) => 2,
            None => 3,
            Some(Title::Aside) => 4,
        };
        let mut loose: Vec<usize> = (0..self.columns.len())
            .filter(|at| self.columns.get(*at) == Some(&Column::Unknown) && !placed(*at))
            .filter(|at| plain.get(*at).is_some_and(|name| !name.is_empty()) && is_used(*at))
            .filter(|at| question != Some(*at) && answer != Some(*at) && !self.is_option(*at) && !persons.contains(at))
            .collect();
        loose.sort_by_key(|at| rank(*at));
        // A word that stands in the table twice asks for the other language.
        let is_echo = |at: usize| question.is_some_and(|asked| say_the_same(survey, asked, at));
        if answer.is_none() && loose.iter().any(|at| rank(*at) == 0 && !is_echo(*at)) {
            loose.retain(|at| !is_echo(*at));
        }
        let has_kinds = self.columns.contains(&Column::Kind);
        let wanted = usize::from(question.is_none()) + usize::from(answer.is_none());
        let alike = loose.first().map_or(0, |first| loose.iter().filter(|at| rank(**at) == rank(*first)).count());
        // Of plain titles the first two are as good a guess as any person's.
        let are_titles = loose.first().is_some_and(|at| rank(*at) == 2);
        // Beside the persons of a verb a second title may be its tense as well as what it means.
        let is_of_verb = !persons.is_empty() && loose.iter().filter(|at| rank(**at) > 1).count() > 1;
        if wanted > 0 && (is_of_verb || (alike > wanted && !are_titles)) && !has_kinds {
            self.unsure.push(Unsure::Sides);
        }
        let mut next = loose.into_iter().filter(|_| !has_kinds);
        question = question.or_else(|| next.next());
        answer = answer.or_else(|| next.next());
        if let (Some(first), Some(second)) = (question, answer)
            && second < first
            && self.columns.get(first) == Some(&Column::Unknown)
            && self.columns.get(second) == Some(&Column::Unknown)
        {
            (question, answer) = (answer, question);
        }
        // Where nothing else can be the answer, notes are.
        if answer.is_none() && question.is_some() && !has_kinds {
            answer = self.columns.iter().position(|column| *column == Column::Extra).filter(|at| is_used(*at));
            if let Some(column) = answer.and_then(|at| self.columns.get_mut(at)) {
                *column = Column::Answer;
            }
        }
        if let Some((at, role)) = self.other_side(head, question, answer) {
            (question, answer) =
                if role == Role::Front { (Some(at), answer.or(question)) } else { (question, Some(at)) };
            if let (Some(column), Some(name)) = (self.columns.get_mut(at), self.names.get(at)) {
                *column = Column::Unknown;
                self.warnings.push(TableWarning::OtherSide { name: name.clone(), role: role.in_words().to_owned() });
            }
        }
        let mut unknown = Vec::new();
        for at in 0..self.columns.len() {
            let name = self.names.get(at).map(|name| name.trim().to_owned()).unwrap_or_default();
            let column = self.columns.get(at).copied().unwrap_or(Column::Unknown);
            let now = if question == Some(at) && is_side(&column) {
                Column::Question
            } else if answer == Some(at) && is_side(&column) {
                Column::Answer
            } else if is_side(&column) && name.is_empty() && is_running(survey, at, false) {
                Column::LeftOut
            } else if is_side(&column) {
                let is_known = columns::named(&name) != Column::Unknown;
                let is_told = is_known || self.is_option(at) || persons.contains(&at);
                if column == Column::Unknown && rank(at) == 3 && !name.is_empty() && is_used(at) && !is_told {
                    unknown.push(name.clone());
                }
                let bare = names::without_instruction(&name);
                let label = if name.is_empty() { format!("Column {}", at + 1) } else { bare.to_owned() };
                if is_used(at) && !name.is_empty() && !self.is_option(at) {
                    self.merged.push(name);
                }
                self.labels.push(label);
                Column::Labelled(self.labels.len() - 1)
            } else {
                if column == Column::LeftOut {
                    self.left_out.push(name);
                }
                column
            };
            if let Some(slot) = self.columns.get_mut(at) {
                *slot = now;
            }
        }
        if !unknown.is_empty() || !self.unsure.is_empty() {
            let example = self.example();
            let names = if unknown.is_empty() { self.merged.clone() } else { unknown };
            self.warnings.push(TableWarning::UnknownColumns { names, example });
        }
    }

    /// Finds the columns of options. Where a column says of which kind a row is, they are those of its choices.
    fn find_options(&mut self, survey: &Survey) {
        if self.columns.contains(&Column::NoteType) {
            return;
        }
        let kind = self.columns.iter().position(|column| *column == Column::Kind);
        let is_asked = |row: &[String]| {
            let cell = kind.map(|at| row.get(at).map_or("", String::as_str));
            cell.is_none_or(|cell| kind_called(cell.trim()).is_some_and(|kind| kind.name() == "choice"))
        };
        let Some(quiz) = Quiz::of(&self.names, survey, is_asked) else { return };
        // Wrong answers in a column of lmq's own are read as they are.
        if kind.is_some() && quiz.are_wrong {
            return;
        }
        for (at, column) in self.columns.iter_mut().enumerate() {
            *column = match *column {
                column @ Column::Field(_) if kind.is_some() => column,
                _ if at == quiz.right => Column::Field("back"),
                _ if quiz.options.contains(&at) => Column::Unknown,
                // One column says which option is right; another answer is a line beside it.
                other if other.tells() => Column::Answer,
                other => other,
            };
        }
        let name = |at: &usize| self.names.get(*at).cloned().unwrap_or_default();
        let options = quiz.options.iter().map(name).collect();
        let right = name(&quiz.right);
        self.warnings.push(TableWarning::Options { options, right: right.clone(), first: quiz.first });
        if quiz.how.is_unsure {
            self.warnings.push(TableWarning::UnsureOption(right));
        }
        self.quiz = Some(quiz);
    }

    /// Whether a column has one of the options of each question.
    fn is_option(&self, at: usize) -> bool {
        self.quiz.as_ref().is_some_and(|quiz| quiz.options.contains(&at))
    }

    /// Whether a column has one of them, or says which one is right.
    pub(super) fn is_of_quiz(&self, at: usize) -> bool {
        self.is_option(at) || self.quiz.as_ref().is_some_and(|quiz| quiz.right == at)
    }

    /// The column that takes the place of the side that no name gives, and which one that is. A table of two columns has a question
    /// and an answer, whatever these are called.
    fn other_side(&self, head: &Head, question: Option<usize>, answer: Option<usize>) -> Option<(usize, Role)> {
        let says_more = |column: &Column| matches!(column, Column::Kind | Column::NoteType);
        if self.columns.len() != 2 || !head.places.is_empty() || self.columns.iter().any(says_more) {
            return None;
        }
        // Where no name gives a side the first column is asked.
        let is_named = |at: usize| self.columns.get(at) != Some(&Column::Unknown);
        match (question, answer) {
            (Some(1), None) if !is_named(1) => Some((0, Role::Front)),
            (Some(at), None) => Some((1 - at, Role::Back)),
            (None, Some(at)) => Some((1 - at, Role::Front)),
            _ => None,
        }
    }

    /// The columns of a table that doesn't name them: two texts, those that directives place, maybe tags; and what is left are
    /// lines of the explanation, where nearly all rows have it.
    fn by_place(&mut self, head: &Head, survey: &Survey, separator: &Separator) {
        let tags_said =
            head.places.iter().any(|(_, column)| *column == Column::Tags) || has_optional_reverse(head, survey);
        let is_even = survey.even * 5 >= survey.rows * 4 && survey.columns > 2;
        let raw = |at: usize| survey.first_raw.get(at).is_some_and(|cell| !cell.trim().is_empty());
        // A column with nothing in it, as around the bars of a table in Markdown, is none.
        let is_there = |at: usize| head.any || at >= survey.columns || raw(at) || is_used(survey, at);
        let filled = (0..survey.columns).filter(|at| is_there(*at)).count();
        let free: Vec<usize> = (0..survey.columns.max(3 + head.places.len()))
            .filter(|at| !head.places.iter().any(|(place, _)| place == at) && is_there(*at))
            .collect();
        let mut free = free.into_iter().peekable();
        // A running number says nothing, where there is enough beside it.
        let number =
            free.peek().copied().filter(|at| !head.any && is_even && filled > 2 && is_running(survey, *at, true));
        self.columns = vec![Column::Surplus; survey.columns.max(3 + head.places.len())];
        self.place(head);
        // What is the same in each row, or names the languages of each, is neither question nor answer.
        let languages = of_languages(survey);
        let constant = |at: usize| !head.any && is_even && (is_constant(survey, at) || languages.contains(&at));
        let varied = (0..survey.columns).filter(|at| is_there(*at) && number != Some(*at) && !constant(*at)).count();
        let mut nth = 0;
        for at in free {
            let column = if number == Some(at) {
                self.left_out.push(format!("{}", at + 1));
                Column::LeftOut
            } else if at < survey.columns && varied > 1 && nth < 2 && constant(at) {
                self.labels.push(String::new());
                self.merged.push(format!("{}", at + 1));
                Column::Labelled(self.labels.len() - 1)
            } else {
                let may_be_tags = nth == 2 && !tags_said && (head.any || filled == 3);
                nth += 1;
                if may_be_tags && are_tags(survey, at, separator, head.any) {
                    Column::Tags
                } else if nth <= 2 || head.any {
                    Column::Nth(nth - 1)
                } else if (is_even || may_be_tags)
                    && at < survey.columns
                    && !is_text_behind_a_separator(survey, at, separator)
                {
                    self.labels.push(String::new());
                    self.merged.push(format!("{}", at + 1));
                    Column::Labelled(self.labels.len() - 1)
                } else {
                    Column::Surplus
                }
            };
            if let Some(slot) = self.columns.get_mut(at) {
                *slot = column;
            }
        }
        if !head.any && is_even && self.columns.iter().any(|column| matches!(column, Column::Labelled(_))) {
            let taken = |(at, column): (usize, &Column)| {
                let role = self.role(*column);
                (at < survey.columns).then(|| format!("{} is {}", at + 1, role.in_words()))
            };
            let taken = self.columns.iter().enumerate().filter_map(taken).collect::<Vec<_>>().join(", ");
            let example = self.example();
            self.warnings.push(TableWarning::Positions { count: survey.columns, taken, example });
        }
    }

    /// What a column is taken for.
    pub(super) fn role(&self, column: Column) -> Role {
        match column {
            column if column.asks() => Role::Front,
            column if column.tells() => Role::Back,
            Column::Extra | Column::Nth(_) => Role::Extra,
            Column::Labelled(label) => match self.labels.get(label).filter(|label| !label.is_empty()) {
                Some(label) => Role::Labelled(label.clone()),
                None => Role::Extra,
            },
            Column::Tags | Column::WholeTag => Role::Tags,
            Column::Deck => Role::Deck,
            Column::LeftOut | Column::Unknown | Column::Surplus => Role::LeftOut,
            Column::AddReverse => Role::Other("reversed, if it is filled"),
            column => Role::Other(columns::role_name(column)),
        }
    }

    /// What the column at that place is taken for.
    fn role_at(&self, at: usize, column: Column) -> Role {
        if self.is_option(at) { Role::Option } else { self.role(column) }
    }

    /// All of them. One without a name and without a cell, as around the bars of a table in Markdown, is none.
    pub(super) fn all(&self, survey: &Survey) -> Vec<ColumnRole> {
        let width = survey.columns.max(survey.first.len());
        let raw = |at: usize| survey.first_raw.get(at).is_some_and(|cell| !cell.trim().is_empty());
        let is_there = |at: usize| is_used(survey, at) || raw(at) || at >= survey.columns;
        let one = |(at, column): (usize, &Column)| ColumnRole {
            number: at + 1,
            name: self.names.get(at).filter(|name| !name.is_empty()).cloned(),
            role: if is_there(at) { self.role_at(at, *column) } else { Role::LeftOut },
            is_sure: self.sure.get(at).copied().unwrap_or(false),
        };
        self.columns.iter().take(width).enumerate().map(one).collect()
    }

    /// An example of `--columns` that says what was guessed.
    fn example(&self) -> String {
        let said = |(at, column): (usize, &Column)| {
            let role = self.role(*column);
            matches!(role, Role::Front | Role::Back | Role::Tags)
                .then(|| format!("{}={}", role.word()?, at + 1).into())?
        };
        let said: Vec<String> = self.columns.iter().enumerate().filter_map(said).collect();
        format!("--columns {}", said.join(","))
    }
}
