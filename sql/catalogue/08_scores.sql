-- 08_scores.sql -- the rules by which agencies are put in an order over many indicators.
INSERT INTO score_rule (score, keys, name_vi, name_en, rule_vi, rule_en, source) VALUES
  ('targets', '{met,attainment}', 'Mục tiêu Nghị quyết 17/NQ-CP', 'Targets of Resolution 17/NQ-CP',
   'Xếp theo số mục tiêu đạt, rồi mức đạt trung bình (kết quả trên mục tiêu, nhiều nhất là 1). '
   'Bằng nhau thì cùng hạng (=).',
   'By targets met, then by mean attainment (result over target, at most 1). Equals share a '
   'rank (=).',
   'DESIGN 5'),
  ('decision-766', '{points}', 'Bộ chỉ số Quyết định 766/QĐ-TTg', 'Index of Decision 766/QD-TTg',
   'Cộng điểm của năm nhóm theo số liệu đã công bố. Thiếu điểm một nhóm thì không có điểm '
   'tổng. Bằng nhau thì cùng hạng (=).',
   'The published points of five groups, added. Where those of one are missing there is no '
   'score. Equals share a rank (=).',
   'sonoivu.namdinh; baocaotaichinh (DOMAIN section 3)')
ON CONFLICT (score) DO UPDATE SET (keys, name_vi, name_en, rule_vi, rule_en, source)
  = (excluded.keys, excluded.name_vi, excluded.name_en, excluded.rule_vi, excluded.rule_en,
     excluded.source);

INSERT INTO score_part (score, part, ordinal, most, name_vi, name_en) VALUES
  ('decision-766', 'disclosure', 1, 18, 'Công khai, minh bạch', 'Disclosure, transparency'),
  ('decision-766', 'progress', 2, 20, 'Tiến độ, kết quả giải quyết', 'Progress and results'),
  ('decision-766', 'digitisation', 3, 22, 'Số hóa hồ sơ', 'Digitisation of dossiers'),
  ('decision-766', 'online', 4, 22, 'Cung cấp dịch vụ trực tuyến', 'Online services'),
  ('decision-766', 'satisfaction', 5, 18, 'Mức độ hài lòng', 'Satisfaction')
ON CONFLICT (score, part) DO UPDATE SET (ordinal, most, name_vi, name_en)
  = (excluded.ordinal, excluded.most, excluded.name_vi, excluded.name_en);
