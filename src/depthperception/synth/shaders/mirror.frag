#version 330
uniform sampler2D reflectionMap;
out vec4 pixel;

void main() { pixel = vec4(texelFetch(reflectionMap, ivec2(gl_FragCoord.xy), 0).rgb * vec3(.90, .93, .92), 1.); }
