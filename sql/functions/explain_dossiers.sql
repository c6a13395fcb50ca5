-- explain_dossiers.sql -- the records behind a figure: by batch, and one by one.

-- The totals behind an indicator's figure of MEMBERS: flows within the period, of what stands
-- on a day the newest; of dossiers what is told of the time before the records, and of 04 the
-- whole that the records are measured by.  Control totals of single days are no part of it.
CREATE FUNCTION counts_behind(members int[], slug text, first date, stop date, day date)
RETURNS SETOF reported_count LANGUAGE sql STABLE AS $$
  SELECT (x.c).*
    FROM (SELECT c, i.denominator = ANY (stock_measures()) AS stands,
                 row_number() OVER (PARTITION BY c.agency_id, c.measure, c.breakdown
                                    ORDER BY c.end_day DESC, c.first_day DESC) AS newest
            FROM indicator i
            JOIN reported_count c ON c.agency_id = ANY (members)
            LEFT JOIN records_start s ON i.kind = 'dossier' AND s.agency_id = c.agency_id
           WHERE i.slug = counts_behind.slug
             AND CASE i.kind
               WHEN 'dossier' THEN
                 c.end_day - c.first_day > 1 AND c.first_day >= first AND c.end_day <= stop
                 AND (c.measure IN (i.numerator, 'dossiers_resolved')
                        AND i.numerator LIKE 'dossiers_resolved%'
                        AND (c.end_day <= coalesce(s.settled_day, 'infinity')
                             OR i.slug = 'one-stop' AND c.measure = 'dossiers_resolved')
                      OR i.slug = 'satisfaction' AND c.measure LIKE 'satisfaction%')
               WHEN 'count' THEN c.measure IN (i.numerator, i.denominator)
                 AND (i.numerator <> 'work_files_online'
                      OR c.breakdown = coalesce(i.tier, 'ministry_province'))
                 AND CASE WHEN i.denominator = ANY (stock_measures())
                          THEN c.end_day - 1 <= counts_behind.day
                          ELSE c.first_day >= first AND c.end_day <= stop END
               WHEN 'reduction' THEN c.measure IN (i.numerator, i.denominator, 'meeting_minutes')
                 AND c.first_day >= first AND c.end_day <= stop
               ELSE false END) x
   WHERE NOT x.stands OR x.newest = 1
$$;

-- The batches that brought what is behind an indicator's figure of MEMBERS from FIRST on
-- before STOP, which speaks of DAY: dossiers, services, facts and totals, with how many of them
-- the figure counts, the newest 50; null for who may not see them.
CREATE FUNCTION explain_batches(members int[], slug text, first date, stop date, day date) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  holders int[] := holders_of(members);   -- asked once, not of every dossier
  published timestamptz := (SELECT min(v.published_at) FROM vintage v
                             WHERE period_range(v.period) = daterange(first, stop));
  is_of indicator;
BEGIN
  IF EXISTS (SELECT FROM unnest(members) m WHERE NOT may_see(m)) THEN
    RETURN NULL;
  END IF;
  SELECT i.* INTO is_of FROM indicator i WHERE i.slug = explain_batches.slug;
  RETURN (
    WITH brought(batch_id, records, numerator) AS (
      SELECT s.batch_id, t.denominator, t.numerator
        FROM (SELECT d.batch_id, count(*) AS a, sum(resolved_online) AS b, sum(level4_online) AS c,
                     sum(due_known) AS d, sum(on_time) AS e, sum(one_stop_known) AS f, sum(one_stop) AS g,
                     sum(paid_known) AS h, sum(paid_online) AS i, sum(filed_by_known) AS j,
                     sum(assisted) AS k, sum(scored) AS l, sum(satisfied) AS m
                FROM settled_dossier d
               WHERE is_of.kind = 'dossier' AND d.agency_id = ANY (members) AND d.holder_id = ANY (holders)
                 AND d.resolved_day >= first AND d.resolved_day < stop
               GROUP BY d.batch_id) s
       CROSS JOIN LATERAL dossier_terms(a, b, c, d, e, f, g, h, i, j, k, l, m) t
       WHERE t.slug = explain_batches.slug AND t.denominator > 0
      UNION ALL
      SELECT s.batch_id, count(*), NULL FROM services_on(explain_batches.day) s
       WHERE is_of.kind = 'service' AND s.agency_id = ANY (members) GROUP BY s.batch_id
      UNION ALL
      SELECT f.batch_id, count(*), NULL     -- what is published counts each time
        FROM (SELECT DISTINCT ON (x.agency_id, x.item, p.published) x.*, p.published
                FROM fact x
               CROSS JOIN LATERAL (SELECT CASE WHEN x.fact = 'satisfaction-disclosure'
                                               THEN x.valid_from END) p(published)
               WHERE is_of.kind = 'fact' AND x.agency_id = ANY (members) AND x.fact = is_of.numerator
                 AND x.valid_from <= explain_batches.day AND coalesce(p.published >= first, true)
               ORDER BY x.agency_id, x.item, p.published, x.valid_from DESC) f
       WHERE f.published IS NOT NULL OR coalesce(f.valid_to, 'infinity') >= explain_batches.day
       GROUP BY f.batch_id
      UNION ALL
      SELECT c.batch_id, count(*), NULL
        FROM counts_behind(members, explain_batches.slug, first, stop, explain_batches.day) c GROUP BY c.batch_id
    )
    SELECT coalesce(json_agg(json_build_object('batch', b.batch_id, 'type', b.type,
             -- the name alone: folders of the office's machine are nobody's business
             'file', regexp_replace(b.file, '^.*/', ''), 'committed_at', b.committed_at,
             'sha256', b.sha256, 'after_publication', b.committed_at > published,
             'records', b.records, 'numerator', b.numerator,
             'dossiers', CASE WHEN b.type = 'dossier' THEN b.records END) ORDER BY b.batch_id DESC), '[]')
      FROM (SELECT b.*, d.records, d.numerator
              FROM (SELECT r.batch_id, sum(r.records)::bigint AS records, sum(r.numerator)::bigint AS numerator
                      FROM brought r GROUP BY r.batch_id) d
              JOIN batch b USING (batch_id)
             ORDER BY b.batch_id DESC LIMIT 50) b);
END $$;

-- A page of the dossiers behind a figure, in the order of the key (agency_id, dossier):
-- up to MOST of them behind AFTER (what `next` of the page before said; null: the first).
-- No index knows the days of settlement (it would cost a third of an import), so the key
-- is read on and what does not belong is passed over, at most PATIENCE of it: a page may
-- be short, and the last one is where `next` is null.  PROCEDURE, if given, restricts.
-- Null where the figure is not made of an agency's dossiers.
CREATE FUNCTION explain_dossiers(asked text, name text, slug text, procedure text, after text,
                                 most int, patience int) RETURNS json
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_variable
DECLARE
  span text := page_period(asked);
  id int := page_agency_id(name, span);
  days daterange := period_range(span);
  members int[] := ARRAY(SELECT * FROM members_of(id, period_day(span)));
  at_agency int := coalesce(split_part(after, ':', 1), '0');
  at_dossier text COLLATE "C" := coalesce(substr(after, strpos(after, ':') + 1), '');
  holder int;
  d record;
  holders int[] := '{}';
  codes text[] := '{}';
  read int := 0;
  next text;
BEGIN
  IF id = 0 OR NOT EXISTS (SELECT FROM indicator i WHERE i.slug = page_slug(slug) AND i.kind = 'dossier') THEN
    RETURN NULL;
  END IF;
  <<reading>>
  FOR holder IN SELECT h FROM unnest(holders_of(members)) h WHERE h >= at_agency ORDER BY h LOOP
    FOR d IN
      SELECT x.dossier, x.status = 'resolved' AND x.settled_id = ANY (members)
             AND x.resolved_day >= lower(days) AND x.resolved_day < upper(days)
             AND (procedure IS NULL OR x.procedure = procedure) AS belongs
        FROM dossier x
       WHERE x.agency_id = holder
         AND x.dossier > CASE WHEN holder = at_agency THEN at_dossier ELSE '' END
       ORDER BY x.dossier
       LIMIT patience - read + 1
    LOOP
      IF cardinality(codes) = most OR read = patience THEN
        EXIT reading;
      END IF;
      read := read + 1;
      next := holder || ':' || d.dossier;
      IF d.belongs THEN
        holders := holders || holder;
        codes := codes || d.dossier;
      END IF;
    END LOOP;
    -- All of this holder: what follows begins with the next one.
    next := NULL;
    IF read = patience OR cardinality(codes) = most THEN
      next := holder + 1 || ':';
    END IF;
  END LOOP;
  -- Is there anything behind it?  Holder by holder: one probe of the key each.
  at_agency := split_part(next, ':', 1);
  at_dossier := substr(next, strpos(next, ':') + 1);
  IF NOT EXISTS (SELECT FROM unnest(holders_of(members)) h
                  CROSS JOIN LATERAL (
                    SELECT FROM dossier x
                     WHERE x.agency_id = h
                       AND x.dossier > CASE WHEN h = at_agency THEN at_dossier ELSE '' END
                     ORDER BY x.dossier LIMIT 1) one
                  WHERE h >= at_agency) THEN
    next := NULL;
  END IF;
  RETURN (
    SELECT json_build_object(
      'period', span, 'agency', agency_object(id), 'indicator', slug, 'as_of', store_as_of(),
      'sample', store_is_sample(), 'read', read, 'next', next,
      'dossiers', coalesce(json_agg(json_build_object(
          'agency', a.label, 'dossier', s.dossier, 'procedure', s.procedure,
          'channel', x.channel, 'received_at', x.received_at, 'resolved_at', x.resolved_at,
          'numerator', t.numerator, 'denominator', t.denominator, 'batch', s.batch_id)
          ORDER BY k.place), '[]'))
      FROM unnest(holders, codes) WITH ORDINALITY k(holder, code, place)
      JOIN dossier x ON x.agency_id = k.holder AND x.dossier = k.code
      JOIN settled_dossier s ON s.holder_id = k.holder AND s.dossier = k.code
      JOIN agency a ON a.agency_id = k.holder
     CROSS JOIN LATERAL dossier_terms(
       1, s.resolved_online, s.level4_online, s.due_known, s.on_time, s.one_stop_known, s.one_stop,
       s.paid_known, s.paid_online, s.filed_by_known, s.assisted, s.scored, s.satisfied) t
     WHERE t.slug = slug AND t.denominator > 0);
END $$;

-- What the API gives of a figure; with BATCHES also what stands beside it (other readings,
-- evidence): that costs a look at every dossier behind it.
CREATE FUNCTION api_explain(asked text, name text, slug text, batches text, recast text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  span text := page_period(asked);
  whole boolean := coalesce(api_explain.batches::boolean, false);
  recast_too boolean := coalesce(api_explain.recast::boolean, false);
BEGIN
  PERFORM page_agency_asked(coalesce(name, 'VN'), span, recast_too);
  RETURN explain_pinned(span, coalesce(name, 'VN'), page_slug(slug), whole, whole, recast_too);
END $$;

-- A page for whoever may ask; see explain_dossiers().
CREATE FUNCTION api_explain_dossiers(asked text, name text, slug text, procedure text, after text,
                                     most text, patience int DEFAULT 2000) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF after !~ '^\d{1,9}:' OR most !~ '^\d{1,4}$' OR most::int NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'after is what next said, limit a number from 1 to 1000'
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN explain_dossiers(asked, name, slug, procedure, after, coalesce(most::int, 50), patience);
END $$;

-- The same as a page, for those whom web/owned_page.c lets in: it reads on for longer, as
-- people turn pages by hand.  Null where there are no
-- dossiers of an agency behind the figure.
CREATE FUNCTION page_dossiers(asked text, name text, slug text, procedure text, after text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  span text := page_period(asked);
  list json := api_explain_dossiers(span, name, slug, page_dossiers.procedure, after, NULL, 20000);
BEGIN
  RETURN (
    SELECT json_build_object('period', span, 'frame', page_frame(span), 'list',
             json_joined(list, json_build_object('indicator_name_vi', i.name_vi,
               'indicator_name_en', i.name_en, 'procedure', page_dossiers.procedure)))
      FROM indicator i WHERE i.slug = page_dossiers.slug AND list IS NOT NULL);
END $$;
