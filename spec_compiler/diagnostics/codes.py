"""Every diagnostic there is, in one table. Each has a page of its own in `pages/`, which `explain` prints.

1xx reading, 2xx the form of the spec, 3xx the graph, 4xx shapes and dtypes, 5xx outputs and training,
6xx lints (these alone can be ignored), 7xx limits and safety. A number is never reused.
"""

from __future__ import annotations

from spec_compiler.diagnostics.diagnostic import Code


def _error(code: str, name: str, title: str) -> Code:
    return Code(code, name, "error", title)


def _warning(code: str, name: str, title: str) -> Code:
    return Code(code, name, "warning", title)


YAML_SYNTAX = _error("SC101", "yaml-syntax", "the text is not valid YAML")
JSON_SYNTAX = _error("SC102", "json-syntax", "the text is not valid JSON")
DUPLICATE_KEY = _error("SC103", "duplicate-key", "a key is written twice in one mapping")
ENCODING = _error("SC104", "encoding", "the text is not UTF-8")
CONTROL_CHARACTER = _error("SC105", "control-character", "the text holds a character that is not text")
EXPLICIT_TAG = _error("SC106", "explicit-tag", "a value has an explicit YAML tag")
SEVERAL_DOCUMENTS = _error("SC107", "several-documents", "the text holds more than one document")
YAML_VERSION = _error("SC108", "yaml-version", "the text asks for another YAML version")
UNREADABLE = _error("SC109", "unreadable", "the spec cannot be read")
UNKNOWN_ALIAS = _error("SC110", "unknown-alias", "an alias has no anchor before it")
RECURSIVE_ALIAS = _error("SC111", "recursive-alias", "an alias stands inside its own anchor")
KEY_NOT_TEXT = _error("SC112", "key-not-text", "a key is not text")
EMPTY = _error("SC113", "empty", "the spec is empty")
BAD_MERGE = _error("SC114", "bad-merge", "`<<` merges something that is not a mapping")

UNKNOWN_KEY = _error("SC201", "unknown-key", "a key means nothing where it stands")
MISSING_KEY = _error("SC202", "missing-key", "a required key is missing")
WRONG_TYPE = _error("SC203", "wrong-type", "a value is of the wrong type")
OUT_OF_RANGE = _error("SC204", "out-of-range", "a number is out of its range")
NOT_A_CHOICE = _error("SC205", "not-a-choice", "a value is none of the choices")
BAD_NAME = _error("SC206", "bad-name", "a name is not formed as names are")
LANGUAGE_VERSION = _error("SC207", "language-version", "the spec is of another language version")
UNKNOWN_TYPE = _error("SC208", "unknown-type", "a type does not exist")
UNKNOWN_ARGUMENT = _error("SC209", "unknown-argument", "a type has no such argument")
MISSING_ARGUMENT = _error("SC210", "missing-argument", "a required argument is missing")
UNKNOWN_OBJECT = _error("SC211", "unknown-object", "an activation, loss, metric or the like does not exist")
ARGUMENT_CONFLICT = _error("SC212", "argument-conflict", "two arguments do not go together")
TYPE_OR_USE = _error("SC213", "type-or-use", "a node has both of `type` and `use`, or neither")
BAD_REFERENCE = _error("SC214", "bad-reference", "a reference is not formed as references are")
BAD_EDGE = _error("SC215", "bad-edge", "an edge is not formed as edges are")
UNKNOWN_PARAM = _error("SC216", "unknown-param", "a param that does not exist is set from outside")
UNSET_PARAM = _error("SC217", "unset-param", "a param without a default is not set")
EXPRESSION_SYNTAX = _error("SC218", "expression-syntax", "an expression is not formed as expressions are")
UNKNOWN_VARIABLE = _error("SC219", "unknown-variable", "an expression uses a name that is not in scope")
EVALUATION = _error("SC220", "evaluation", "an expression has no value")
BAD_REPETITION = _error("SC221", "bad-repetition", "`repeat` or `for` does not say how many copies")
BAD_CONDITION = _error("SC222", "bad-condition", "`when` is not true or false, or has not one input to give on")
UNKNOWN_IMPORT = _error("SC223", "unknown-import", "an imported file cannot be read")

UNKNOWN_REFERENCE = _error("SC301", "unknown-reference", "a reference names no node")
CYCLE = _error("SC302", "cycle", "the nodes form a cycle")
UNUSED_INPUT = _error("SC303", "unused-input", "an input leads to no output")
DEAD_NODE = _warning("SC304", "dead-node", "a node leads to no output")
WIRED_TWICE = _error("SC305", "wired-twice", "a node is wired by `inputs` and by `edges`")
UNKNOWN_OUTPUT = _error("SC306", "unknown-output", "a node has no such output")
SEVERAL_OUTPUTS = _error("SC307", "several-outputs", "one tensor is taken of a node that has several")
WRONG_ARITY = _error("SC308", "wrong-arity", "a node has too few or too many inputs")
UNKNOWN_CALL_ARGUMENT = _error("SC309", "unknown-call-argument", "a call takes no such argument")
NAME_CLASH = _error("SC310", "name-clash", "two layers would have one name")
UNKNOWN_SHARED_LAYER = _error("SC311", "unknown-shared-layer", "`use` names no shared layer")
EMPTY_PATTERN = _error("SC312", "empty-pattern", "a pattern matches no node")
NO_INPUT = _error("SC313", "no-input", "the graph has no `Input`")
INPUT_ORDER = _error("SC314", "input-order", "`inputs` does not list the model's inputs")
SHARED_AND_WRAPPED = _warning("SC315", "shared-and-wrapped", "Keras cannot load a layer shared across a wrapper")
COPIED_NOT_SHARED = _error("SC316", "copied-not-shared", "a wrapper copies its layer and cannot share it")
NOT_A_LAYER = _error("SC317", "not-a-layer", "something that is no layer stands where a layer is needed")
BLOCK_CLASH = _error("SC318", "block-clash", "two blocks have one name")
BLOCK_RECURSION = _error("SC319", "block-recursion", "a block contains itself, or files import each other")

RANK_MISMATCH = _error("SC401", "rank-mismatch", "a tensor has too few or too many axes")
SHAPE_MISMATCH = _error("SC402", "shape-mismatch", "the shapes of tensors do not fit")
DTYPE_MISMATCH = _error("SC403", "dtype-mismatch", "the dtypes of tensors do not fit")
UNKNOWN_DIMENSION = _error("SC404", "unknown-dimension", "a dimension must be known and is not")
EMPTY_RESULT = _error("SC405", "empty-result", "a result would have no elements")
SHARED_MISMATCH = _error("SC406", "shared-mismatch", "the calls of a shared layer need different weights")

OUTPUT_NAME = _error("SC501", "output-name", "an output is named as another layer")
WEIGHT_WITHOUT_LOSS = _error("SC502", "weight-without-loss", "an output has a loss weight and no loss")
NOTHING_TO_TRAIN = _warning("SC503", "nothing-to-train", "an option of training has nothing to act on")

SINGLE_UNIT_SOFTMAX = _warning("SC601", "single-unit-softmax", "a softmax over one unit is always 1")
EMBEDDING_OF_FLOATS = _warning("SC602", "embedding-of-floats", "an `Embedding` looks up numbers that are not whole")
UNUSED_SHARED_LAYER = _warning("SC603", "unused-shared-layer", "a shared layer is called by no node")
UNTRAINED_OUTPUT = _warning("SC604", "untrained-output", "an output has no loss while others have")
ACTIVATION_AND_LOSS = _warning("SC605", "activation-and-loss", "a loss does not fit what its output gives")
MISFIT_METRIC = _warning("SC606", "misfit-metric", "a metric does not fit its loss or its output")
LOST_MASK = _warning("SC607", "lost-mask", "a mask is made, and lost before a layer that would use it")
BIAS_BEFORE_NORMALIZATION = _warning("SC608", "bias-before-normalization", "a normalization takes a bias away again")
DROPOUT_BEFORE_OUTPUT = _warning("SC609", "dropout-before-output", "a part of an output itself is dropped")
ACTIVATION_TWICE = _warning("SC610", "activation-twice", "an activation is applied twice in a row")
LEARNING_RATE = _warning("SC611", "learning-rate", "a learning rate cannot be meant so")
UNUSED_PARAM = _warning("SC612", "unused-param", "a param is used by no expression")
UNUSED_BLOCK = _warning("SC613", "unused-block", "a block is the type of no node")
SHARED_ONCE = _warning("SC614", "shared-once", "a shared layer is called once")
UNSHARED_TOWERS = _warning("SC615", "unshared-towers", "inputs of one kind go through identical layers, not shared")
REPEATED_STRUCTURE = _warning("SC616", "repeated-structure", "the same layers are written out again and again")
LAST_STEP_ALONE = _warning("SC617", "last-step-alone", "attention gets the last step of a recurrent layer alone")

TEXT_TOO_LARGE = _error("SC701", "text-too-large", "the text is larger than the limit")
TOO_DEEP = _error("SC702", "too-deep", "values are nested deeper than the limit")
TOO_MANY_NODES = _error("SC703", "too-many-nodes", "the graph has more nodes than the limit")
INTEGER_TOO_LARGE = _error("SC704", "integer-too-large", "an integer is larger than the limit")
ALIASES_TOO_LARGE = _error("SC705", "aliases-too-large", "aliases expand to more values than the limit")
TOO_MANY_PARAMETERS = _error("SC706", "too-many-parameters", "the model has more parameters than the limit")
TOO_MUCH_MEMORY = _error("SC707", "too-much-memory", "the weights do not fit into the machine's memory")
FORBIDDEN_TYPE = _error("SC708", "forbidden-type", "a type that runs code or reads files")
FILE_AS_VALUE = _error("SC709", "file-as-value", "a path stands where a list of values is taken")
EXPRESSION_TOO_LARGE = _error("SC710", "expression-too-large", "an expression asks for too much")
IMPORT_OUTSIDE = _error("SC711", "import-outside", "an import leads out of the folder that imports may come from")

CODES: dict[str, Code] = {value.code: value for value in list(globals().values()) if isinstance(value, Code)}
