#version 330
uniform mat4 lampProjection;
in vec3 position;

void main() { gl_Position = lampProjection * vec4(position, 1.); }
