/* chart.js -- the marks of a chart: a quick tooltip, and arrow keys from mark to mark.
 *
 * Without it a mark is still a link with a title, which every browser shows. */
"use strict";
(() => {
	const tip = document.createElement("div");
	const marksOf = (chart) => chart.querySelectorAll("a, [role=graphics-symbol]");
	const markAt = (target) =>
		target instanceof Element && target.closest(".chart a, .chart [role=graphics-symbol]");
	let shown = null;   /* the mark whose tooltip stands */

	tip.className = "tip";
	tip.setAttribute("aria-hidden", "true");   /* the mark's name says the same */
	tip.hidden = true;
	document.body.append(tip);

	/* The title would come up a second time, slower: it is a name meanwhile. */
	function hide() {
		const title = shown && shown.querySelector("title");
		if (title) {
			title.textContent = shown.getAttribute("aria-label");
			shown.removeAttribute("aria-label");
		}
		shown = null;
		tip.hidden = true;
	}

	function show(mark) {
		const title = mark.querySelector("title");
		if (mark === shown || !title)
			return;
		hide();
		shown = mark;
		mark.setAttribute("aria-label", title.textContent);
		tip.textContent = title.textContent;
		title.textContent = "";
		tip.hidden = false;
		const box = mark.getBoundingClientRect();
		const width = document.documentElement.clientWidth;
		const x = Math.min(Math.max(4, box.left + box.width / 2 - tip.offsetWidth / 2), width - tip.offsetWidth - 4);
		const y = box.top > tip.offsetHeight + 6 ? box.top - tip.offsetHeight - 4 : box.bottom + 4;
		tip.style.left = `${x + scrollX}px`;
		tip.style.top = `${y + scrollY}px`;
	}

	/* The nearest mark in a direction; what lies aside counts double. */
	function next(marks, from, right, down) {
		const middle = (mark) => {
			const box = mark.getBoundingClientRect();
			return [box.left + box.width / 2, box.top + box.height / 2];
		};
		const [x, y] = middle(from);
		let best = null, least = Infinity;
		for (const mark of marks) {
			const [mx, my] = middle(mark);
			const ahead = (mx - x) * right + (my - y) * down;
			const aside = Math.abs((mx - x) * down) + Math.abs((my - y) * right);
			if (mark !== from && ahead > 1 && ahead + 2 * aside < least) {
				best = mark;
				least = ahead + 2 * aside;
			}
		}
		return best;
	}

	function go(chart, mark) {
		for (const each of marksOf(chart))
			each.setAttribute("tabindex", each === mark ? "0" : "-1");
		mark.focus();
	}

	/* One stop for the tabulator key; the arrows do the rest. */
	for (const chart of document.querySelectorAll(".chart[role=graphics-document]"))
		marksOf(chart).forEach((mark, place) => mark.setAttribute("tabindex", place ? "-1" : "0"));

	document.addEventListener("keydown", (event) => {
		const mark = markAt(event.target);
		const ways = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
		if (event.key === "Escape")
			hide();
		if (!mark || event.altKey || event.ctrlKey || event.metaKey)
			return;
		const chart = mark.closest(".chart"), marks = [...marksOf(chart)];
		const found = event.key === "Home" ? marks[0]
			: event.key === "End" ? marks[marks.length - 1]
			: ways[event.key] && next(marks, mark, ...ways[event.key]);
		if (found) {
			event.preventDefault();
			go(chart, found);
		}
	});
	document.addEventListener("focusin", (event) => {
		const mark = markAt(event.target);
		mark ? show(mark) : hide();
	});
	document.addEventListener("focusout", hide);
	document.addEventListener("pointerover", (event) => {
		const mark = markAt(event.target);
		mark ? show(mark) : hide();
	});
})();
