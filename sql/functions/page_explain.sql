-- page_explain.sql -- one figure, taken apart.
CREATE OR REPLACE FUNCTION page_explain(asked text, name text, slug text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  span text := page_period(asked);
  id int := page_agency_id(name, span);
  chosen text := page_slug(slug);
  whole json := explain_pinned(span, name, chosen);
BEGIN
  IF whole IS NULL THEN
    RAISE EXCEPTION 'no figure of "%" for "%" in period %', chosen, name, span
      USING ERRCODE = 'no_data_found';
  END IF;
  RETURN json_build_object(
    'period', span, 'frame', page_frame(span), 'agency', agency_object(id),
    'explain', whole,
    'has_procedures', json_array_length(whole -> 'procedures') > 0,
    'has_breakdown', json_array_length(whole -> 'breakdown') > 0,
    'has_members', json_array_length(whole -> 'members') > 0,
    'has_batches', CASE json_typeof(whole -> 'batches') WHEN 'array'
      THEN json_array_length(whole -> 'batches') > 0 ELSE false END,
    'missing', (SELECT nullif((f ->> 'denominator')::bigint - (f ->> 'provided')::bigint, 0)
                  FROM (SELECT whole -> 'observation' AS f) x),
    'lacking', (SELECT CASE WHEN (f ->> 'gap')::bigint > 0 THEN (f ->> 'gap')::bigint END
                  FROM (SELECT whole -> 'observation' AS f) x),
    'covered', whole -> 'observation' ->> 'coverage' = '1.000000',
    'unreconciled', coalesce(whole -> 'observation' ->> 'note' LIKE '%unreconciled%', false),
    'records_begin', coalesce(whole -> 'observation' ->> 'note' LIKE '%records_begin%', false),
    'trend', trend_chart(span, id, chosen));
END $$;
