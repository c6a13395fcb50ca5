-- What the page of the administration links to: nothing to ask.
SELECT json_build_object('has_no_period', true, 'frame', plain_frame(), 'can_decide', may_decide(),
                         'sees_people', asking_role() <> 'office',
                         'sees_targets', asking_role() IN ('office', 'auditor', 'administrator'))
