create table volunteers (
    pairing_id text primary key,
    child_id text not null,
    unit_id text not null,
    from_on text not null,
    until_on text,
    visits integer not null,
    visits_in_holidays integer not null,
    village_code text not null,
    opened bigint not null
);
create index on volunteers (opened);
create table children (
    child_id text primary key,
    village_code text not null,
    pairing_ids jsonb not null
);
