create table work (
    work_id text primary key,
    subject text not null,
    clock_id text not null,
    clock text not null,
    variant text not null,
    rule text not null,
    article text not null,
    basis integer not null,
    area text not null,
    departments jsonb not null,
    started_at timestamptz not null,
    warn_at timestamptz,
    due_at timestamptz not null,
    warned boolean not null,
    missed boolean not null,
    unit_id text not null,
    changed bigint not null
);
create index on work (due_at);
create index on work (changed);
create table outcomes (
    event_id text primary key,
    subject text not null,
    clock text not null,
    rule text not null,
    area text not null,
    departments jsonb not null,
    unit_id text not null,
    outcome integer not null,
    due_at timestamptz not null,
    ended_at timestamptz not null,
    changed bigint not null
);
create index on outcomes (changed);
create index on outcomes (clock, area text_pattern_ops);
create table missed (
    subject text primary key,
    clocks jsonb not null
);
