// Adds to the drawings what paper cannot: values under the pointer, lines that can be hidden, zoom (see zoom.js),
// and the stars of a cell. Own code without a library. The page is complete without it.
(() => {
  'use strict';
  const drawings = JSON.parse(document.getElementById('drawings').textContent);
  for (const marks of Object.values(drawings)) if (marks.stars_of) Object.assign(marks, {...drawings[marks.stars_of], cells: marks.cells});
  const make = (tag, set = {}, children = []) => {
    const node = Object.assign(document.createElement(tag), set);
    node.append(...children);
    return node;
  };
  const {drawn} = zooms;
  const plain = (name) => name.replaceAll('_', ' ');
  const button = (text, label, act) => {
    const node = make('button', {type: 'button', textContent: text, onclick: act});
    if (label) node.setAttribute('aria-label', label);
    return node;
  };

  function place(svg, event) {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return [at.x, at.y];
  }

  const label = (axis, value) => `${axis ? `${axis} ` : ''}${value}`;
  function curveItems(marks) {
    const said = (curve, vx, vy, spread) => (
      `${curve.name}: ${vx === null ? '' : `${label(curve.x, vx)}, `}${label(curve.y, vy)}${spread ? ` \u00b1 ${spread}` : ''}`);
    return marks.curves.flatMap((curve) => {
      const [left, , right] = marks.panels[curve.panel].box;
      const reach = curve.id.endsWith('-bars') ? [right - left, Math.abs(curve.points[1]?.[1] - curve.points[0][1]) / 2 || 9] : [14, 14];
      return curve.points.map(([x, y, ...values]) => ({x, y, curve, reach, text: typeof values[0] === 'string' ? values[0] : said(curve, ...values)}));
    });
  }
  function cellItems({cells, stars, rule}) {
    const reach = [cells.width / 2, cells.height / 2];
    return cells.classes.flatMap((truth, i) => cells.classes.map((predicted, j) => {
      const count = cells.counts[i][j], all = cells.counts[i].reduce((a, b) => a + b, 0);
      const share = all ? ` (${(100 * count / all).toFixed(1)}% of the true class)` : '';
      return {x: cells.left + (j + 0.5) * cells.width, y: cells.top + (i + 0.5) * cells.height,
        reach, rule, text: `true ${plain(truth)}, predicted ${plain(predicted)}: ${count}${share}`,
        stars: stars.filter((star) => star.true === truth && star.predicted === predicted)};
    }));
  }

  function fold(star) {
    const [width, height, left, bottom] = [220, 130, 44, 20];
    const bytes = Uint8Array.from(atob(star.points), (one) => one.charCodeAt(0));
    const svg = drawn('svg', {viewBox: `0 0 ${width} ${height}`, role: 'img',
      'aria-label': `Magnitude against phase of ${star.id}, two cycles`});
    const [w, h] = [width - left - 6, height - bottom - 8];
    let path = '';
    for (let i = 0; i < bytes.length; i += 2) {
      const y = (6 + bytes[i + 1] / 255 * h).toFixed(1);
      for (const turn of [0, 1]) path += `M${(left + (bytes[i] / 256 + turn) / 2 * w).toFixed(1)} ${y}h0`;
    }
    svg.append(drawn('path', {d: `M${left} 2V${height - bottom}H${width}`, class: 'axis'}),
      drawn('path', {d: path, class: star.true === star.predicted ? 'right' : 'wrong'}));
    const words = [[left - 4, 12, star.bright.toFixed(2), 'end'], [left - 4, height - bottom, star.faint.toFixed(2), 'end'],
      [left, height - 6, '0', 'middle'], [left + w / 2, height - 6, 'phase 1', 'middle'], [left + w, height - 6, '2', 'middle']];
    for (const [x, y, text, anchor] of words) {
      svg.append(Object.assign(drawn('text', {x, y, 'text-anchor': anchor}), {textContent: text}));
    }
    const shown = bytes.length / 2;
    const epochs = shown < star.epochs ? `${shown} of ${star.epochs} epochs` : `${shown} epochs`;
    const note = `${star.id}: period ${star.period} d, probability ${star.p.toFixed(2)} of the predicted class, ${epochs}`;
    return make('div', {className: 'star'}, [svg, make('p', {textContent: note})]);
  }

  function showStars(panel, item) {
    const count = item.stars.length;
    const which = count ? `Stars shown: ${count}, ${item.rule}. Magnitude [mag] against phase.`
      : 'No light curve of this cell is in the page.';
    panel.replaceChildren(
      make('p', {}, [make('strong', {textContent: item.text}), ` ${which} `, button('Close', '', () => { panel.hidden = true; })]),
      make('div', {className: 'row'}, item.stars.map(fold)));
    panel.hidden = false;
  }

  const strategyOf = (curve) => curve.name.replace(/ \(.*\)$|: .*$/, '');  // a control is drawn with its strategy
  const shown = new Map();
  // A switch for each name in a drawing hides its lines in all drawings of the page.
  function switches(figure, names) {
    const curves = names.flatMap((name) => drawings[name].curves.map((curve) => ({...curve, drawing: name})));
    const strategies = [...new Set(curves.map(strategyOf))].filter(Boolean);
    return strategies.map((strategy) => {
      const of = curves.filter((curve) => strategyOf(curve) === strategy);
      const parts = of.flatMap(({drawing, id}) => [...figure.querySelectorAll(
        `[id="${drawing}-${id}"], [id^="${drawing}-${id}-band"]`)]);
      const everywhere = shown.get(strategy) ?? {parts: [], nodes: [], curves: []};
      const node = button(strategy, '', () => {
        const on = node.getAttribute('aria-pressed') !== 'true';
        everywhere.nodes.forEach((one) => one.setAttribute('aria-pressed', on));
        everywhere.parts.forEach((part) => { part.style.display = on ? '' : 'none'; });
        everywhere.curves.forEach((curve) => { curve.off = !on; });
      });
      everywhere.parts.push(...parts);
      everywhere.nodes.push(node);
      names.forEach((name) => everywhere.curves.push(...drawings[name].curves.filter((curve) => strategyOf(curve) === strategy)));
      shown.set(strategy, everywhere);
      node.setAttribute('aria-pressed', 'true');
      node.style.setProperty('--chip', of[0].color);
      node.className = 'switch';
      return node;
    });
  }

  function follow(svg, frame, view, marks, tip, panel) {
    const items = marks.curves ? curveItems(marks) : cellItems(marks);
    const ring = drawn('circle', {r: marks.cells ? 0 : 4, class: 'ring', visibility: 'hidden'});
    svg.append(ring);
    let current = -1, from = null, moved = false;
    const say = (item) => {
      tip.hidden = !item;
      ring.setAttribute('visibility', item ? 'visible' : 'hidden');
      if (!item) return;
      const [cx, cy] = view.at(item);
      ring.setAttribute('cx', cx);
      ring.setAttribute('cy', cy);
      tip.textContent = item.text;
      const at = new DOMPoint(cx, cy).matrixTransform(svg.getScreenCTM());
      const box = frame.getBoundingClientRect();
      tip.style.left = `${Math.max(0, Math.min(at.x - box.left + 8, box.width - tip.offsetWidth - 4))}px`;
      tip.style.top = `${at.y - box.top + 14}px`;
    };
    const near = (event) => {
      const [x, y] = place(svg, event);
      let best = -1, least = Infinity;
      items.forEach((item, i) => {
        const [px, py] = view.at(item), [dx, dy] = [Math.abs(px - x) / item.reach[0], Math.abs(py - y) / item.reach[1]];
        if (item.curve?.off || dx > 1 || dy > 1 || dx + dy >= least || !view.holds(item, x, y)) return;
        [best, least] = [i, dx + dy];
      });
      return best;
    };
    const open = (index) => { if (panel && items[index]) showStars(panel, items[index]); };
    svg.addEventListener('pointermove', (event) => {
      if (from && view.zoomed()) {
        const [x, y] = place(svg, event);
        moved = moved || Math.hypot(x - from[0], y - from[1]) > 2;
        view.move(x - from[0], y - from[1], x, y);
        if (marks.panels) from = [x, y];
        return;
      }
      current = near(event);
      say(items[current]);
    });
    svg.addEventListener('pointerdown', (event) => { [from, moved] = [place(svg, event), false]; });
    window.addEventListener('pointerup', () => { from = null; });
    svg.addEventListener('pointerleave', () => say(null));
    svg.addEventListener('click', (event) => { if (!moved) { current = near(event); say(items[current]); open(current); } });
    svg.addEventListener('wheel', (event) => {
      if (!event.ctrlKey) return;  // the wheel alone scrolls the page
      event.preventDefault();
      view.by(event.deltaY < 0 ? 1.2 : 1 / 1.2, ...place(svg, event));
    }, {passive: false});
    const columns = marks.cells ? marks.cells.classes.length : 1;
    const steps = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns};
    frame.addEventListener('keydown', (event) => {
      if (!svg.getClientRects().length || event.target.closest('button')) return;
      if (event.key === 'Enter') return open(current);
      if (event.key === 'Escape') return say(null);
      if (!(event.key in steps)) return;
      event.preventDefault();
      const step = steps[event.key];
      let next = current < 0 ? 0 : current + step;
      while (items[next]?.curve?.off) next += step;
      if (items[next]) current = next;
      if (!items[current]?.curve?.off) say(items[current]);
    });
  }

  for (const figure of document.querySelectorAll('figure')) {
    const svgs = [...figure.querySelectorAll('svg[data-name]')];
    const names = svgs.map((svg) => svg.dataset.name).filter((name) => drawings[name]);
    if (!names.length) continue;
    const frame = figure.querySelector('.drawing');
    if (!frame.hasAttribute('tabindex')) {
      frame.tabIndex = 0;
      frame.setAttribute('role', 'group');
      frame.setAttribute('aria-label', `${figure.id}: arrow keys read its values`);
    }
    const views = svgs.map((svg) => (drawings[svg.dataset.name]?.panels ? zooms.chart(svg, drawings[svg.dataset.name]) : zooms.picture(svg)));
    const matrix = Boolean(drawings[names[0]].cells);
    const tip = make('div', {className: 'tip', hidden: true});
    tip.setAttribute('role', 'status');
    const panel = matrix ? make('div', {className: 'stars', hidden: true}) : null;
    panel?.setAttribute('aria-live', 'polite');
    const all = (act) => () => views.forEach(act);
    const controls = make('div', {className: 'controls'}, [
      ...(matrix ? [make('span', {textContent: 'Click a cell, or go there with arrow keys and Enter, to see stars of it.'})] : switches(figure, names)),
      make('span', {className: 'zoom'}, [button('+', 'Zoom in', all((view) => view.by(1.5))),
        button('\u2212', 'Zoom out', all((view) => view.by(1 / 1.5))), button('all', 'Show all of the drawing', all((view) => view.reset()))]),
    ]);
    frame.after(...[controls, panel].filter(Boolean));
    figure.append(tip);
    svgs.forEach((svg, i) => { if (drawings[svg.dataset.name]) follow(svg, figure, views[i], drawings[svg.dataset.name], tip, panel); });
  }
})();
