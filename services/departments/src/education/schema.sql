create table pupils (
    child_id text primary key,
    name bytea,
    village_code text not null,
    school_unit_id text,
    stage integer not null,
    boarding boolean not null,
    left_behind boolean not null,
    ladder integer not null,
    absences integer not null,
    dropped_out_since_on text,
    persuasion_attempts integer not null,
    contact_card boolean not null,
    teacher_name bytea,
    pairings jsonb not null,
    duplicate_of text
);
create index on pupils (school_unit_id, child_id);
