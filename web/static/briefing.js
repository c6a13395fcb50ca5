/* briefing.js -- turns the slides of the wall display without loading the page anew.
 *
 * Each slide that came is kept, one of each, so that a server that is away leaves the
 * last good figures turning, with a note that says since when.  Nothing else grows. */
"use strict";
(() => {
	const seconds = 20, patience = 15000;
	const note = document.getElementById("away"), since = note.querySelector(".since");
	const clock = document.getElementById("clock");
	const language = document.documentElement.lang;
	const style = document.querySelector("link[rel=stylesheet]").getAttribute("href");
	const kept = new Map();

	const time = () => new Date().toLocaleTimeString(language,
		{ hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Ho_Chi_Minh" });

	function show(slide) {
		document.querySelector("main").replaceWith(slide);
	}

	async function fetched(address) {
		const answer = await fetch(address, { signal: AbortSignal.timeout(patience) });
		if (!answer.ok)
			throw new Error(String(answer.status));
		const page = new DOMParser().parseFromString(await answer.text(), "text/html");
		const slide = page.querySelector("main[data-next]");
		if (!slide)
			throw new Error("no slide");   /* the page of sign-in, or a proxy's */
		if (page.querySelector("link[rel=stylesheet]").getAttribute("href") !== style)
			location.reload();   /* a new version of the program */
		return document.adoptNode(slide);
	}

	async function turn() {
		const address = document.querySelector("main").dataset.next;
		try {
			const slide = await fetched(address);
			kept.set(address, slide);
			show(slide);
			note.hidden = true;
		} catch (fault) {
			if (note.hidden)
				since.textContent = time();
			note.hidden = false;
			if (kept.has(address))
				show(kept.get(address));
		}
		setTimeout(turn, seconds * 1000);
	}

	const tick = () => { clock.textContent = time(); };
	tick();
	setInterval(tick, 5000);
	setTimeout(turn, seconds * 1000);
})();
