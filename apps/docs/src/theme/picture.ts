import { withBase } from 'vitepress';
import { defineComponent, h } from 'vue';

/** A chart in two colors, of which the style shows the one that fits the page. */
export const Picture = defineComponent({
  props: {
    /** Of the file, without theme and ending. */
    name: { type: String, required: true },
    alt: { type: String, required: true },
    width: { type: Number, required: true },
    height: { type: Number, required: true },
  },
  setup: (props) => () =>
    ['light', 'dark'].map((theme) =>
      h('img', {
        class: `picture only-${theme}`,
        src: withBase(`/pictures/${props.name}.${theme}.svg`),
        alt: props.alt,
        width: props.width,
        height: props.height,
        loading: 'lazy',
        decoding: 'async',
      }),
    ),
});
