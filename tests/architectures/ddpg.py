"""https://keras.io/examples/rl/ddpg_pendulum/, the critic as one layer that is also called on the actor's action."""

import keras
from keras import layers


def normal_dense(x, units):
    return layers.BatchNormalization()(layers.Dense(units, activation="relu")(x))


def build_critic(states, actions):
    state = keras.Input((states,))
    state_out = normal_dense(normal_dense(state, 16), 32)
    action = keras.Input((actions,))
    action_out = normal_dense(action, 32)
    x = layers.Concatenate()([state_out, action_out])
    x = normal_dense(normal_dense(x, 512), 512)
    return keras.Model([state, action], layers.Dense(1)(x), name="critic")


def build(states=3, actions=1, bound=2.0):
    return build_all(states, actions, bound)[0]


def build_all(states=3, actions=1, bound=2.0):
    critic = build_critic(states, actions)
    state = keras.Input((states,), name="state")
    x = normal_dense(normal_dense(state, 512), 512)
    last = keras.initializers.RandomUniform(minval=-0.003, maxval=0.003)
    chosen = layers.Dense(actions, activation="tanh", kernel_initializer=last)(x) * bound
    prospect = layers.Identity(name="prospect")(critic([state, chosen]))
    model = keras.Model(state, prospect, name="ddpg")

    actor = keras.Model(state, layers.Identity(name="action")(chosen), name="actor")
    action = keras.Input((actions,), name="action")
    judge = keras.Model([state, action], layers.Identity(name="value")(critic([state, action])), name="critic")
    judge.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
    return model, actor, judge
