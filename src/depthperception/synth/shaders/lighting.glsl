uniform sampler2D shadowMap;
uniform sampler2D noiseMap;
uniform vec3 eye, lampDirection, lightCast;
uniform float keyLight, ambientLight, fillLight, exposure;

float fineNoise(vec3 p) { return texture(noiseMap, (p.xy + p.z * vec2(.61, .83)) * .031).r; }
float grain(vec2 p) { return texture(noiseMap, p).g; }

float litByLamp(vec4 lampPoint) {
    vec3 q = lampPoint.xyz / lampPoint.w * .5 + .5;
    if (any(lessThan(q.xy, vec2(0.))) || any(greaterThan(q.xy, vec2(1.)))) return 1.;
    float lit = 0.;
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
            lit += texture(shadowMap, q.xy + (vec2(i, j) - .5) / 1024.).r < q.z - .004 ? 0. : .25;
    return lit;
}

vec4 shade(vec3 colour, vec3 normal, vec3 toEye, float gloss, float hardness, vec4 lampPoint) {
    float lit = litByLamp(lampPoint);
    float key = max(dot(normal, lampDirection), 0.) * lit;
    float fill = max(dot(normal, normalize(vec3(-lampDirection.xy, .5))), 0.);
    vec3 around = mix(vec3(.55, .5, .48), vec3(1.), normal.z * .5 + .5);
    vec3 light = ambientLight * around + keyLight * key * vec3(1., .97, .92) + fillLight * fill;
    vec3 c = colour * light;
    c += gloss * lit * keyLight * pow(max(dot(normal, normalize(toEye + lampDirection)), 0.), hardness);
    c *= exposure * lightCast;
    c = c / (1. + .18 * c);
    return vec4(pow(clamp(c, 0., 1.), vec3(1. / 1.9)), 1.);
}
