#version 330
uniform mat4 viewProjection, lampProjection;
in vec3 position, normal, colour;
in float kind;
out vec3 P, N, C;
flat out int K;
out vec4 lampPoint;

void main() {
    P = position; N = normal; C = colour; K = int(kind + .5);
    lampPoint = lampProjection * vec4(position, 1.);
    gl_Position = viewProjection * vec4(position, 1.);
}
