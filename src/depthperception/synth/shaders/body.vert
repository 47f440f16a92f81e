#version 330
uniform mat4 viewProjection, lampProjection;
in vec3 position, normal, rest;
in vec4 zonesA, zonesB;
out vec3 P, N, R;
out vec4 A, B, lampPoint;

void main() {
    P = position; N = normal; R = rest; A = zonesA; B = zonesB;
    lampPoint = lampProjection * vec4(position, 1.);
    gl_Position = viewProjection * vec4(position, 1.);
}
