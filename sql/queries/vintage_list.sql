-- $1 period; null: all.
SELECT vintage, period, state, published_at, published_by, observations, sha256, previous,
       identical, closes, due, accepted_by, acceptance, reopened_by, reopened_at, reopening
  FROM vintage_list($1)
