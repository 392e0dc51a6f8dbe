"""Specs that say much in few lines, for code that is to give the same model."""

ODD_SPECS = {
    "masks of words through attention": r"""
    spec: 1
    nodes:
      x: {type: Input, shape: [null], dtype: int32}
      e: {type: Embedding, input_dim: 50, output_dim: 8, mask_zero: true, inputs: x}
      f: {type: Bidirectional, layer: {type: GRU, units: 4, return_sequences: true}, inputs: e}
      a: {type: MultiHeadAttention, num_heads: 2, key_dim: 4, inputs: {query: f, value: e}, call: {use_causal_mask: true}}
      p: {type: GlobalAveragePooling1D, inputs: a}
      y: {type: Dense, units: 1, inputs: p}
    outputs: {y: {loss: mse}}
    """,
    "states of recurrent layers": r"""
    spec: 1
    params: {units: 6, layers: 2}
    nodes:
      s: {type: Input, shape: [null, 3]}
      t: {type: Input, shape: [null, 3]}
      enc: {type: LSTM, units: "${units}", return_state: true, return_sequences: true, inputs: s}
      gru: {type: GRU, units: "${units}", return_state: true, inputs: enc.output}
      dec: {type: LSTM, units: "${units}", return_sequences: true, inputs: {sequences: t, initial_state: [enc.state_h, enc.state_c]}}
      g2: {type: GRU, units: "${units}", inputs: {sequences: dec, initial_state: gru.state}}
      both: {type: concatenate, inputs: [g2, gru.output]}
    outputs: [both]
    """,
    "a frozen shared block of two outputs": r"""
    spec: 1
    params: {w: 4, n: 2}
    blocks:
      tower:
        params: {width: 3, depth: {type: int, default: 2}}
        inputs: [a, b]
        nodes:
          j: {type: concatenate, inputs: [a, b]}
          d: {type: Dense, units: "${width * (index + 1)}", repeat: "${depth}", inputs: j}
          z: {type: Dense, units: 2, name: "zed", inputs: d}
        outputs: {one: d, two: z}
    layers:
      t: {type: tower, width: "${w}", depth: "${n}", trainable: false}
    nodes:
      a: {type: Input, shape: [4]}
      b: {type: Input, shape: [3]}
      c: {type: Input, shape: [4]}
      p: {use: t, inputs: [a, b]}
      q: {use: t, inputs: {b: b, a: c}}
      m: {type: add, inputs: [p.one, q.one]}
      k: {type: subtract, inputs: [p.two, q.two]}
    outputs: [m, k]
    """,
    "for over two variables and repeat": r"""
    spec: 1
    params: {widths: [4, 8, 4], tasks: [a, b]}
    nodes:
      x: {type: Input, shape: [4]}
      "h_${t}_${i}": {for: {t: "${tasks}", i: 2}, type: Dense, units: "${widths[i]}", activation: relu, repeat: "${i + 1}", inputs: x}
      "o_${t}": {for: {t: "${tasks}"}, type: concatenate, inputs: ["h_${t}_0", "h_${t}_1"]}
    outputs:
      o_a: {loss: mse, loss_weight: "${0.5}"}
      o_b: {loss: {type: Huber, delta: 2.0}, loss_weight: 2, metrics: [mae]}
    compile: {optimizer: adam}
    """,
    "copies that take each other": r"""
    spec: 1
    nodes:
      x: {type: Input, shape: [4]}
      d_0: {type: Dense, units: 4, inputs: x}
      "d_${i}": {for: {i: [1, 2, 3]}, type: Dense, units: 4, inputs: "d_${i - 1}"}
      "u_${i}": {for: {i: [3, 2, 1]}, type: Dense, units: 2, inputs: "d_${4 - i}"}
      all: {type: concatenate, inputs: ["u_*"]}
    outputs: [all]
    """,
    "copies that take each other backwards": r"""
    spec: 1
    nodes:
      x: {type: Input, shape: [4]}
      d_4: {type: Dense, units: 4, inputs: x}
      "d_${i}": {for: {i: [1, 2, 3]}, type: Dense, units: 4, inputs: "d_${i + 1}"}
    outputs: {y: {from: d_1}}
    """,
    "constants of expressions": r"""
    spec: 1
    params: {k: 3, table: [[1, 2], [3, 4]]}
    nodes:
      x: {type: Input, shape: [2]}
      a: {type: ops.matmul, inputs: [x, "${[[float(i * j) for i in range(3)] for j in range(2)]}"]}
      b: {type: ops.add, inputs: [a, [1.0, 2.0, 3.0]]}
      c: {type: ops.arange, start: 0, stop: "${k}", dtype: float32}
      d: {type: ops.multiply, inputs: [b, c]}
      e: {type: ops.multiply, inputs: [d, "${k / 2}"]}
      f: {type: ops.get_item, key: [":", "${k - 2}:", null], inputs: e}
    outputs: [f]
    """,
    "names of Python": r"""
    spec: 1
    name: odd.name
    params: {w: 3}
    nodes:
      keras: {type: Input, shape: [4]}
      layers: {type: Dense, units: 3, name: "a.b>c", inputs: keras}
      class: {type: Dense, units: "${w}", name: "p_${w}", inputs: layers}
      lambda: {type: ops.relu, inputs: class}
      xy: {type: Dense, units: 2, inputs: lambda}
      model: {type: Dense, units: 2, inputs: xy}
      named: {type: ops.tanh, inputs: model}
    outputs: {"print": {from: named}, xy: null}
    """,
    "options in a block": r"""
    spec: 1
    params: {deep: true, drop: 0.0, n: 0}
    blocks:
      b:
        params: {n: 2, norm: false, drop: 0.1, kind: relu}
        inputs: [x]
        nodes:
          d: {type: Dense, units: 4, repeat: "${n}", inputs: x}
          n: {type: BatchNormalization, when: "${norm}", inputs: d}
          a: {type: Activation, activation: "${kind}", inputs: n}
          q: {type: Dropout, rate: "${drop}", when: "${drop > 0 and norm}", inputs: a}
          r: {type: add, inputs: [x, q]}
        outputs: ["${'r' if norm else 'q'}"]
    nodes:
      x: {type: Input, shape: [4]}
      one: {type: b, inputs: x}
      two: {type: b, norm: true, kind: "${'gelu' if deep else 'relu'}", inputs: one}
      three: {type: b, n: "${n}", drop: "${drop}", repeat: 2, inputs: two}
      four: {type: b, when: "${deep}", repeat: 2, inputs: three}
      five: {type: Dense, units: 4, when: "${not deep}", inputs: four}
    outputs: [five]
    """,
    "seed, policy and training": r"""
    spec: 1
    seed: 4
    dtype_policy: mixed_bfloat16
    nodes:
      x: {type: Input, shape: [4]}
      d: {type: Dense, units: 4, inputs: x}
      o: {type: Dropout, rate: 0.5, inputs: d}
      y: {type: Dense, units: 1, dtype: float32, inputs: o}
    outputs: {y: {loss: mse, metrics: [{type: MeanAbsoluteError, name: "the mae"}], weighted_metrics: [mse]}}
    compile: {optimizer: {type: SGD, learning_rate: {type: CosineDecay, initial_learning_rate: 0.1, decay_steps: 10}}, steps_per_execution: 2}
    fit: {epochs: 3, class_weight: {0: 1.0, 1: 2.0}, callbacks: [{type: EarlyStopping, patience: 2}]}
    """,
    "a frozen block": r"""
    spec: 1
    blocks:
      b: {inputs: [x], nodes: {d: {type: Dense, units: 4, inputs: x}, e: {type: Dropout, rate: 0.2, inputs: d}}, outputs: [e]}
    nodes:
      x: {type: Input, shape: [4]}
      f: {type: b, trainable: false, call: {training: false}, inputs: x}
      y: {type: Dense, units: 1, trainable: false, inputs: f}
    outputs: [y]
    """,
    "types of params": r"""
    spec: 1
    params: {n: 3}
    blocks:
      b: {params: [kind, f], inputs: [x], nodes: {d: {type: "${kind}", units: "${f}", inputs: x}}, outputs: [d]}
    nodes:
      x: {type: Input, shape: [4]}
      a: {type: b, kind: Dense, f: 4, inputs: x}
      "w_${k}_${i}": {for: {k: [sin, cos], i: "${n}"}, type: "ops.${k}", inputs: a}
      j: {type: concatenate, inputs: ["w_*"]}
    outputs: [j]
    """,
    "a repeated block of several outputs": r"""
    spec: 1
    params: {n: 3}
    blocks:
      step:
        inputs: [h, c, x]
        nodes:
          n: {type: concatenate, inputs: [h, x]}
          h2: {type: Dense, units: 4, inputs: n}
          c2: {type: add, inputs: [c, h2]}
          dead: {type: Dense, units: 3, inputs: c2}
        outputs: {h: h2, c: c2, extra: dead}
    nodes:
      x: {type: Input, shape: [4]}
      h0: {type: Dense, units: 4, inputs: x}
      s: {type: step, repeat: "${n}", inputs: {h: h0, c: h0, x: x}}
      y: {type: add, inputs: [s.h, s.c]}
    outputs: [y]
    """,
    "layers in layers": r"""
    spec: 1
    layers:
      shared: {type: Dense, units: 4}
    nodes:
      x: {type: Input, shape: [5, 3]}
      z: {type: Input, shape: [3]}
      t: {type: TimeDistributed, layer: {use: shared}, inputs: x}
      s: {type: Sequential, layers: [{type: Dense, units: 8, kernel_regularizer: {type: L2, l2: 0.001}}, {type: Dropout, rate: 0.1}], inputs: t}
      r: {type: RNN, cell: {type: LSTMCell, units: 3}, inputs: s}
      u: {use: shared, inputs: z}
      k: {type: RNN, cell: {type: StackedRNNCells, cells: [{type: GRUCell, units: 3}, {type: LSTMCell, units: 2}]}, inputs: x}
    outputs: [r, u, k]
    """,
    "for in a block over pairs": r"""
    spec: 1
    params: {groups: [[a, 2], [b, 3]]}
    blocks:
      mix:
        params: {n: 2, act: null}
        inputs: [x, y]
        nodes:
          "p_${i}": {for: {i: "${n}"}, type: Dense, units: 3, activation: "${act}", inputs: x}
          "q_${i}": {for: {i: "${n}"}, type: add, inputs: ["p_${i}", y]}
          s: {type: concatenate, inputs: ["q_*", x]}
        outputs: [s]
    nodes:
      "${name}_in": {for: {"name, size": "${groups}"}, type: Input, shape: ["${size}"]}
      y: {type: Input, shape: [3]}
      "${name}_m": {for: {"name, size": "${groups}"}, type: mix, n: "${size}", inputs: ["${name}_in", y]}
      o: {type: mix, act: relu, inputs: [a_m, b_fit]}
      b_fit: {type: Dense, units: 3, inputs: b_m}
    outputs: {o: {loss: mse}}
    """,
    "edges": r"""
    spec: 1
    blocks:
      b: {inputs: [x], nodes: {d: {type: Dense, units: 4}, e: {type: ReLU}}, edges: ["x -> d -> e"], outputs: [e]}
    nodes:
      i: {type: Input, shape: [4]}
      a: {type: b}
      c: {type: b}
      j: {type: add}
    edges: ["i -> a, c -> j"]
    outputs: [j]
    """,
    "outputs of one shared layer": r"""
    spec: 1
    layers: {head: {type: Dense, units: 1, activation: sigmoid}}
    nodes:
      a: {type: Input, shape: [4]}
      b: {type: Input, shape: [4], dtype: float16}
      fa: {use: head, inputs: a}
      fb: {use: head, repeat: 1, inputs: a}
      c: {type: ops.cast, dtype: float32, inputs: b}
      fc: {use: head, inputs: c}
    outputs: {fa: {loss: mse}, fb: {loss: mae, loss_weight: 0.1}, raw: {from: fc}}
    """,
    "defaults": r"""
    spec: 1
    params: {act: relu}
    defaults: {Dense: {activation: "${act}", kernel_initializer: {type: HeNormal, seed: 3}}, concatenate: {axis: 1}}
    blocks:
      b:
        params: {bias: false}
        defaults: {Dense: {use_bias: "${bias}"}}
        inputs: [x]
        nodes: {d: {type: Dense, units: 4, activation: tanh, inputs: x}}
        outputs: [d]
    nodes:
      x: {type: Input, shape: [4]}
      a: {type: b, inputs: x}
      c: {type: Dense, units: 3, inputs: a}
      k: {type: concatenate, inputs: [a, c]}
    outputs: [k]
    """,
    "options of a standard block": r"""
    spec: 1
    imports: [std/transformer.yaml]
    params: {w: 16, drop: 0.1, first: true}
    nodes:
      x: {type: Input, shape: [7, 16]}
      e: {type: transformer_encoder, width: "${w}", heads: 2, dropout: "${drop}", norm_first: "${first}", repeat: 2, inputs: x}
      f: {type: transformer_encoder, width: "${w}", heads: 4, dropout: 0.0, norm_first: false, inputs: e}
      y: {type: GlobalMaxPooling1D, inputs: f}
    outputs: [y]
    """,
    "references in a param": r"""
    spec: 1
    params: {cols: [u, v], more: []}
    nodes:
      "${c}": {for: {c: "${cols}"}, type: Input, shape: [1]}
      j: {type: concatenate, inputs: "${cols}"}
      k: {type: concatenate, inputs: ["${cols[0]}", "${cols[1]}", j]}
    outputs: [k]
    """,
    "texts": r"""
    spec: 1
    nodes:
      x: {type: Input, shape: [1], dtype: string}
      l: {type: StringLookup, vocabulary: ["a b", "c\"d", "e'f", "g{h}"], inputs: x}
      h: {type: Hashing, num_bins: 4, inputs: x}
      e: {type: CategoryEncoding, num_tokens: 5, output_mode: multi_hot, inputs: l}
      f: {type: Rescaling, scale: [1.0, 2.0, 3.0, 4.0, 5.0], offset: "${1 / 3}", inputs: e}
    outputs: [f, h]
    """,
    "a block that a param freezes": r"""
    spec: 1
    params: {train: false}
    blocks:
      step:
        inputs: [x]
        nodes:
          dense: {type: Dense, units: 4, inputs: x}
          pair: {type: pair, repeat: 2, inputs: dense}
          drop: {type: Dropout, rate: 0.5, inputs: pair}
          abs: {type: ops.abs, inputs: drop}
        outputs: [abs]
      pair:
        inputs: [x]
        nodes:
          fixed: {type: Dense, units: 4, trainable: false, inputs: x}
          free: {type: BatchNormalization, inputs: fixed}
        outputs: [free]
    nodes:
      x: {type: Input, shape: [4]}
      a: {type: step, trainable: "${train}", inputs: x}
      b: {type: pair, inputs: a}
      c: {type: pair, trainable: false, inputs: b}
    outputs: {y: {from: c}}
    """,
    "lists of numbers for repeated and single blocks": r"""
    spec: 1
    params: {n: 2, table: "${[[i / 2, i * n] for i in range(2)]}", counts: [[1, 2], [3, 4]]}
    blocks:
      turn:
        inputs: [x, by]
        nodes:
          turned: {type: ops.matmul, inputs: [x, by]}
          wide: {type: Dense, units: 2, inputs: turned}
        outputs: [wide]
    nodes:
      x: {type: Input, shape: [2]}
      again: {type: turn, repeat: "${n}", inputs: [x, "${[row[::-1] for row in table]}"]}
      last: {type: turn, inputs: {x: again, by: "${counts}"}}
    outputs: {y: {from: last}}
    """,
    "steps in each other": r"""
    spec: 1
    imports: [std/experts.yaml]
    layers:
      look: {type: Dense, units: 4}
      lose: {type: Dropout, rate: 0.1}
    nodes:
      a: {type: Input, shape: [4]}
      b: {type: Input, shape: [4]}
      # What is seen first.
      seen_a: {use: look, inputs: a}
      seen_b: {use: look, inputs: b}
      less_b: {use: lose, inputs: seen_b}
      less_a: {use: lose, inputs: seen_a}
      both: {type: subtract, inputs: [less_a, less_b]}
      once: {type: Dense, units: "${4 + index}", repeat: 1, inputs: both}
      half: {type: ops.multiply, inputs: [once, 0.5]}
      size: {type: ops.abs, inputs: half}
      "part_${i}": {for: {i: 3}, type: Dense, units: 3, inputs: size}
      "active_${i}": {for: {i: 3}, type: Activation, activation: relu, inputs: "part_${i}"}
      all: {type: add, inputs: ["active_*"]}
      experts: {type: mixture_of_experts, experts: 2, units: 2, inputs: all}
      deep: {type: mixture_of_experts, experts: 2, units: 2, hidden: [3], inputs: all}
      y: {type: Dense, units: 1, inputs: [experts]}
      z: {type: Dense, units: 1, inputs: [deep]}
    outputs: [y, z]
    """,
    "copies that pass with their turn": r"""
    spec: 1
    nodes:
      x: {type: Input, shape: [4, 4]}
      h_0: {type: LSTM, units: 4, return_sequences: true, inputs: x}
      "lstm_${i}": {for: {i: [1, 2]}, type: LSTM, units: 4, return_sequences: true, return_state: true, inputs: "h_${i - 1}"}
      "norm_${i}": {for: {i: [1, 2]}, type: LayerNormalization, inputs: "lstm_${i}.output"}
      "state_${i}": {for: {i: [1, 2]}, type: RepeatVector, n: 4, inputs: "lstm_${i}.state_h"}
      "h_${i}": {for: {i: [1, 2]}, type: add, inputs: ["norm_${i}", "state_${i}"]}
      kept: {type: concatenate, inputs: [h_2, state_1]}
    outputs: [kept]
    """,
}
