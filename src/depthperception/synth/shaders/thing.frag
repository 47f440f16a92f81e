#version 330
//lighting
uniform int floorPattern, wallPattern;
in vec3 P, N, C;
flat in int K;
in vec4 lampPoint;
out vec4 pixel;

vec3 floorColour() {
    vec3 c = C * (.8 + .4 * fineNoise(P * 3.));
    vec2 cell = fract(P.xy);
    if (floorPattern == 0) {
        if (grain(P.xy * 1.3) > .93) c = mix(c, vec3(.5, .55, .6), .7);
        if (min(cell.x, cell.y) < .012) c *= .55;
    } else if (floorPattern == 1) {
        c *= .8 + .4 * fineNoise(P * vec3(4., 40., 1.));
        if (fract(P.x * 6.) < .05) c *= .6;
    } else if (floorPattern == 2) {
        cell = fract(P.xy * 2.5);
        if (min(cell.x, cell.y) < .03) c *= 1.5;
    }
    return c;
}

vec3 wallColour() {
    vec3 c = C * (.85 + .25 * fineNoise(P * 2.));
    vec2 q = vec2((P.x + P.y) * 4., P.z * 10.);
    if (wallPattern == 1) {
        q.x += .5 * mod(floor(q.y), 2.);
        q = fract(q);
        if (min(q.x * .5, q.y) < .05) c *= .8;
    } else if (wallPattern == 2) {
        if (fract(q.x * .35) < .04) c *= .5;
    } else if (wallPattern == 3) {
        if (P.z < .9) c *= .6;
        if (abs(P.z - .9) < .03) c = vec3(.7, .15, .1);
    } else if (wallPattern == 4) {
        c *= .55 + .9 * fineNoise(P * 9.);
        c = mix(c, vec3(.25, .4, .15), step(.55, fineNoise(P * 4. + 3.)) * .6);
    }
    return c;
}

void main() {
    vec3 toEye = normalize(eye - P), n = normalize(N), c = C;
    if (dot(n, toEye) < 0.) n = -n;
    float gloss = .08, hardness = 16.;
    if (K == 0) c *= .92 + .16 * fineNoise(P * 9.);
    else if (K == 1) { c *= .8 + .3 * fineNoise(P * 60.); gloss = .5; hardness = 40.; }
    else if (K == 2) { c *= .8 + .4 * fineNoise(P * 20.); gloss = .12; }
    else if (K == 3) c = floorColour();
    else if (K == 4) c = wallColour();
    else if (K == 6) c = mix(c, c.brg, step(.5, fract(P.z * 3.1 + floor((P.x + P.y) * 2.7) * .37)));
    else if (K == 7) c *= .7 + .5 * fineNoise(P * vec3(4., 40., 1.));
    if (K == 5) { pixel = vec4(min(c * exposure * 1.3, vec3(1.)), 1.); return; }
    pixel = shade(c, n, toEye, gloss, hardness, lampPoint);
}
