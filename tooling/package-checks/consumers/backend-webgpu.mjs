import assert from 'node:assert/strict';
import { createWebGpuBackend } from '@agop/backend-webgpu';

// The package `webgpu` is an optional peer, and not installed here: a typed error says so.
await assert.rejects(createWebGpuBackend, { code: 'UNAVAILABLE', message: /npm install webgpu/ });
await assert.rejects(createWebGpuBackend({ powerPreference: 'most' }), { code: 'OPTION' });
