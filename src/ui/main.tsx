import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { openFromAddress } from './store/session.ts';
import { followTheme } from './app/theme.ts';
import './kit/tokens.css';
import './kit/base.css';
import './kit/kit.css';

followTheme();
void openFromAddress();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
