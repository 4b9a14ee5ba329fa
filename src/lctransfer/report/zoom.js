// Zoom of the drawings of the page: of a chart with ticks that follow, of a matrix as a picture.
const zooms = (() => {
  'use strict';
  const drawn = (tag, set) => {
    const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [key, value] of Object.entries(set)) node.setAttribute(key, value);
    return node;
  };

  // Zoom of a matrix: another part of the view box.
  function picture(svg) {
    const whole = svg.getAttribute('viewBox').split(' ').map(Number);
    let [x, y, width, height] = whole;
    const show = () => svg.setAttribute('viewBox', [x, y, width, height].join(' '));
    const clamp = () => {
      x = Math.min(Math.max(x, whole[0]), whole[0] + whole[2] - width);
      y = Math.min(Math.max(y, whole[1]), whole[1] + whole[3] - height);
    };
    const by = (factor, px = x + width / 2, py = y + height / 2) => {
      const next = Math.min(whole[2], Math.max(whole[2] / 12, width / factor));
      [x, y] = [px - (px - x) * next / width, py - (py - y) * next / width];
      [width, height] = [next, next * whole[3] / whole[2]];
      clamp();
      show();
    };
    const move = (dx, dy) => { x -= dx; y -= dy; clamp(); show(); };
    return {by, move, reset: () => { [x, y, width, height] = whole; show(); }, zoomed: () => width < whole[2],
      at: (item) => [item.x, item.y], holds: () => true};
  }

  // Numbers between two ends that people would write on an axis.
  function roundValues(from, to, log) {
    const [low, high] = from < to ? [from, to] : [to, from];
    if (log && high > 5 * low) {
      const first = Math.floor(Math.log10(low)), last = Math.ceil(Math.log10(high));
      return Array.from({length: last - first}, (_, i) => [1, 2, 5].map((one) => Number(`${one}e${first + i}`))).flat()
        .filter((value) => value >= low && value <= high).map((value) => [value, String(value)]);
    }
    const power = 10 ** Math.floor(Math.log10((high - low) / 3));
    const step = power * [5, 2, 1].find((one) => one * power <= (high - low) / 3);
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    return Array.from({length: Math.floor(high / step) - Math.ceil(low / step) + 1}, (_, i) => (Math.ceil(low / step) + i) * step)
      .map((value) => [value, value.toFixed(digits)]);
  }

  // Ticks of one axis that follow it; where fewer than three are left, numbers in between take their place.
  function followTicks(group, panel, across) {
    const [left, top, right, bottom] = panel.box, axis = across ? panel.x : panel.y;
    const [first, last] = across ? [left, right] : [bottom, top], [from, to] = axis.ends;
    const own = [...group.querySelectorAll('[id*="tick_"]')].map((node) => (
      {node, at: Number(node.querySelector('use[x]')?.getAttribute(across ? 'x' : 'y'))}));
    const between = group.appendChild(drawn('g', {class: 'ticks'}));
    const value = (share) => (axis.log ? from * (to / from) ** share : from + (to - from) * share);
    const shareOf = (one) => (axis.log ? Math.log(one / from) / Math.log(to / from) : (one - from) / (to - from));
    const inside = (place) => place >= Math.min(first, last) - 0.5 && place <= Math.max(first, last) + 0.5;
    return (scale, shift) => {
      const kept = own.filter(({at}) => inside(scale * at + shift));
      const renew = axis.numbers && scale > 1 && kept.length < 3;
      for (const {node, at} of own) {
        const by = scale * at + shift - at;
        node.setAttribute('transform', across ? `translate(${by} 0)` : `translate(0 ${by})`);
        node.style.display = renew || !inside(at + by) ? 'none' : '';
      }
      between.replaceChildren();
      if (!renew) return;
      const ends = [first, last].map((place) => value(((place - shift) / scale - first) / (last - first)));
      for (const [one, text] of roundValues(...ends, axis.log)) {
        const at = scale * (first + shareOf(one) * (last - first)) + shift;
        const place = across ? {x: at, y: bottom + 10.5, 'text-anchor': 'middle'} : {x: left - 5, y: at + 2.5, 'text-anchor': 'end'};
        between.append(drawn('path', {d: across ? `M${at} ${top}V${bottom}` : `M${left} ${at}H${right}`}),
          Object.assign(drawn('text', place), {textContent: text}));
      }
    };
  }

  // Zoom of a panel: its data are stretched and moved behind a window, and its ticks follow.
  function stretch(svg, panel, number) {
    const [left, top, right, bottom] = panel.box;
    const group = svg.querySelector(`[id="${svg.dataset.name}-axes_${number + 1}"]`);
    const axes = [...group.children].filter((node) => node.id.includes('matplotlib.axis_'));
    const clip = drawn('clipPath', {id: `${svg.dataset.name}-window-${number}`});
    clip.append(drawn('rect', {x: left, y: top, width: right - left, height: bottom - top}));
    const data = [...group.children].filter((node) => !axes.includes(node) && node.querySelector('[clip-path]'));
    const pane = drawn('g', {'clip-path': `url(#${clip.id})`});
    data[0]?.before(clip, pane);
    pane.append(...data);
    const parts = [...pane.querySelectorAll('path, use')].filter((node) => !node.closest('defs')).map((node) => {
      const [x, y] = ['x', 'y'].map((name) => Number(node.getAttribute(name))), style = getComputedStyle(node);
      return {node, x, y, dot: node.matches('use') && x >= left - 1, ink: parseFloat(style.strokeWidth),
        dashes: style.strokeDasharray.split(/[ ,]+/).map(parseFloat).filter(Number.isFinite)};
    });
    let ticks = null, [scale, x, y] = [1, 0, 0];
    const show = () => {
      // What the drawing cuts at the panel's edge, the window cuts now.
      if (!ticks) pane.querySelectorAll('[clip-path]').forEach((node) => node.removeAttribute('clip-path'));
      ticks ||= axes.map((node, i) => followTicks(node, panel, i === 0));
      x = Math.min(left * (1 - scale), Math.max(right * (1 - scale), x));
      y = Math.min(top * (1 - scale), Math.max(bottom * (1 - scale), y));
      for (const {node, dot, ink, dashes, ...at} of parts) {
        if (dot) {
          node.setAttribute('x', scale * at.x + x);
          node.setAttribute('y', scale * at.y + y);
          continue;
        }
        node.setAttribute('transform', `translate(${x} ${y}) scale(${scale})`);
        node.style.strokeWidth = ink / scale;
        if (dashes.length) node.style.strokeDasharray = dashes.map((one) => one / scale).join(' ');
      }
      ticks.forEach((follow, i) => follow(scale, i ? y : x));
    };
    const holds = (px, py, edge = 0) => px >= left - edge && px <= right + edge && py >= top - edge && py <= bottom + edge;
    return {
      holds, by(factor, px = (left + right) / 2, py = (top + bottom) / 2) {
        const next = Math.min(12, Math.max(1, scale * factor));
        [x, y, scale] = [px - (px - x) * next / scale, py - (py - y) * next / scale, next];
        show();
      },
      move(dx, dy) { x += dx; y += dy; show(); },
      reset() { [scale, x, y] = [1, 0, 0]; show(); },
      zoomed: () => scale > 1, at: (item) => [scale * item.x + x, scale * item.y + y],
    };
  }

  function chart(svg, marks) {
    const panels = marks.panels.map((panel, number) => stretch(svg, panel, number));
    const under = (px, py) => panels.filter((panel) => px === undefined || panel.holds(px, py));
    return {by: (factor, px, py) => under(px, py).forEach((panel) => panel.by(factor, px, py)),
      move: (dx, dy, px, py) => under(px, py).forEach((panel) => panel.move(dx, dy)),
      reset: () => panels.forEach((panel) => panel.reset()), zoomed: () => panels.some((panel) => panel.zoomed()),
      at: (item) => panels[item.curve.panel].at(item), holds: (item, x, y) => panels[item.curve.panel].holds(x, y, 6)};
  }

  return {drawn, picture, chart};
})();
