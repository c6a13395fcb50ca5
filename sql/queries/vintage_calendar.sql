-- $1 year; null: this one.
SELECT period, opens, closes, due, state, vintage, published_at
  FROM reporting_calendar(coalesce($1::int, extract(year FROM office_today())::int))
