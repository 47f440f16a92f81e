#version 330
//lighting
uniform vec3 skinColour, topColour, bottomColour, shoeColour, hairColour, accentColour, gearColour;
uniform float stripes;
in vec3 P, N, R;
in vec4 A, B, lampPoint;
out vec4 pixel;

void main() {
    vec3 toEye = normalize(eye - P), n = normalize(N);
    if (dot(n, toEye) < 0.) n = -n;
    float gloss = .14, hardness = 16.;
    vec3 c = skinColour * (.86 + .28 * fineNoise(R * 14.));
    c = mix(c, c * vec3(1.06, .86, .82), smoothstep(.45, .8, fineNoise(R * 6. + 7.)));
    float band = step(.5, fract(R.z * 9. + R.x * 3.));
    if (A.z > 0.) { c = hairColour * (.6 + .8 * fineNoise(R * vec3(90., 30., 30.))); gloss = .1; }
    if (B.x > 0.) { c = accentColour * (.85 + .3 * fineNoise(R * 40.)); gloss = .03; }
    if (A.w > 0.) {
        c = shoeColour * (.8 + .3 * fineNoise(R * 30.)); gloss = .1;
        if (R.z < .022) c = mix(vec3(.8), shoeColour, .2);
    }
    if (A.x > 0.) { c = mix(bottomColour, accentColour, stripes * band * .5) * (.75 + .5 * fineNoise(R * 22.)); gloss = .03; }
    if (A.y > 0.) { c = mix(topColour, accentColour, stripes * band) * (.78 + .45 * fineNoise(R * 18.)); gloss = .03; }
    if (B.y > 0.) { c = gearColour * (.8 + .4 * fineNoise(R * 30.)); gloss = .05; }
    if (B.z > 0.) { c = gearColour * (.85 + .3 * fineNoise(R * 12.)); gloss = .2; }
    if (B.w > .5) { c = B.w > 1.5 ? vec3(.07, .05, .04) : vec3(.92); gloss = .3; hardness = 40.; }
    pixel = shade(c, n, toEye, gloss, hardness, lampPoint);
}
